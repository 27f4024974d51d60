import Foundation
import Platform
import Sparse
import Sweeps

/// Shows the progress of a sweep on standard error: a redrawn bar on a terminal, a line every few seconds elsewhere.
struct ProgressDisplay {
  private let isTerminal: Bool
  private let usesColor: Bool
  private let quiet: Bool
  private var linesShown = 0
  private var lastLine = Date.distantPast

  /// Seconds between two lines if standard error is not a terminal.
  private static let lineInterval = 10.0

  init(quiet: Bool) {
    self.quiet = quiet
    let environment = ProcessInfo.processInfo.environment
    isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    usesColor = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
  }

  mutating func show(_ progress: SweepProgress) {
    guard !quiet else { return }
    if isTerminal {
      redraw([bar(progress), best(progress)] + [searched(progress)].compactMap { $0.map(Self.fitted) })
    } else if Date().timeIntervalSince(lastLine) >= Self.lineInterval {
      lastLine = Date()
      let batch = progress.problem.isEmpty ? nil : Self.batch(progress)
      report(([summary(progress)] + [batch, searched(progress)].compactMap { $0 }).joined(separator: "; "))
    }
  }

  /// Removes the bar.
  mutating func end() {
    if linesShown > 0 { redraw([]) }
  }

  private mutating func redraw(_ lines: [String]) {
    var text = linesShown > 0 ? "\u{1B}[\(linesShown)A\r\u{1B}[J" : ""
    for line in lines { text += line + "\n" }
    linesShown = lines.count
    StandardError.write(text)
  }

  private func bar(_ progress: SweepProgress) -> String {
    let width = 30
    let filled = Int((progress.fraction * Double(width)).rounded(.down))
    let full = String(repeating: "█", count: filled)
    let empty = String(repeating: "░", count: width - filled)
    return (usesColor ? "\u{1B}[32m\(full)\u{1B}[0m" : full) + empty + " " + summary(progress)
  }

  private func summary(_ progress: SweepProgress) -> String {
    var parts = [
      "\(Int(progress.fraction * 100)) %", "\(progress.runsDone) of \(progress.runsTotal) runs",
      String(format: "%.0f runs/s", progress.rate),
    ]
    if let left = progress.secondsLeft { parts.append("\(Self.duration(left)) left") }
    return parts.joined(separator: ", ")
  }

  private func best(_ progress: SweepProgress) -> String {
    guard !progress.problem.isEmpty else { return "" }
    let bests = progress.best.map { "\($0.schedule) " + String(format: "%.2f", $0.meanTrainError * 100) }
    let line = "\(Self.batch(progress)), train error %: " + bests.joined(separator: ", ")
    return Self.fitted(line)
  }

  /// Searches that run beside training or after it: "smallest loss of w8a".
  private func searched(_ progress: SweepProgress) -> String? {
    progress.smallestLosses.isEmpty ? nil : "smallest loss of " + progress.smallestLosses.joined(separator: ", ")
  }

  private static func batch(_ progress: SweepProgress) -> String {
    [progress.problem, progress.optimizer, progress.condition].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private static func fitted(_ line: String) -> String { String(line.printable.prefix(terminalWidth - 1)) }

  private static var terminalWidth: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// Seconds in readable form: "42 s", "3 min 05 s", "2 h 10 min".
  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<100: return seconds < 10 ? String(format: "%.1f s", seconds) : "\(whole) s"
    case ..<6000: return "\(whole / 60) min " + String(format: "%02d s", whole % 60)
    default: return "\(whole / 3600) h " + String(format: "%02d min", whole / 60 % 60)
    }
  }
}
