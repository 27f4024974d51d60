import Foundation

/// s_t = (1 + cos(pi t / T)) / 2.
struct CosineSchedule: ScheduleShape {
  static let name = "cosine"
  static let summary = "half a cosine: (1 + cos(pi t/T))/2"
  static let columnTitle = "cosine"
  static let color = "#35a5e0"

  init(_ arguments: ScheduleArguments) {}

  func factors(steps: Int) -> [Double] {
    (0..<steps).map { (1 + cos(.pi * Double($0) / Double(steps))) / 2 }
  }
}
