import Foundation
import Platform
import Sparse
import Sweeps

/// Shows the progress of a sweep or a search on standard error: a redrawn bar on a terminal, a line every few seconds elsewhere.
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
      let bar = bar(progress.fraction) + " " + summary(progress)
      redraw([bar, best(progress)] + [searched(progress)].compactMap { $0.map(Self.fitted) })
    } else if Date().timeIntervalSince(lastLine) >= Self.lineInterval {
      lastLine = Date()
      let batch = progress.problem.isEmpty ? nil : Self.batch(progress)
      report(([summary(progress)] + [batch, searched(progress)].compactMap { $0 }).joined(separator: "; "))
    }
  }

  mutating func show(_ progress: SearchProgress) {
    guard !quiet else { return }
    let best = progress.best.map { ", best so far " + String(format: "%.6g", $0) } ?? ""
    let summary = summary(progress.runsDone, of: progress.runsTotal, progress.rate, progress.secondsLeft)
    if isTerminal {
      redraw([bar(progress.fraction) + " " + summary, Self.fitted(progress.stage + best)])
    } else if Date().timeIntervalSince(lastLine) >= Self.lineInterval {
      lastLine = Date()
      report(summary + "; " + progress.stage + best)
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

  private func bar(_ fraction: Double) -> String {
    let width = 30
    let filled = Int((fraction * Double(width)).rounded(.down))
    let full = String(repeating: "█", count: filled)
    let empty = String(repeating: "░", count: width - filled)
    return (usesColor ? "\u{1B}[32m\(full)\u{1B}[0m" : full) + empty
  }

  private func summary(_ progress: SweepProgress) -> String {
    let percent = "\(Int(progress.fraction * 100)) %, "
    return percent + summary(progress.runsDone, of: progress.runsTotal, progress.rate, progress.secondsLeft)
  }

  /// - Parameter rate: runs a second.
  private func summary(_ done: Int, of total: Int, _ rate: Double, _ secondsLeft: Double?) -> String {
    var parts = ["\(done) of \(total) runs", String(format: "%.0f runs/s", rate)]
    if let secondsLeft { parts.append("\(Self.duration(secondsLeft)) left") }
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
