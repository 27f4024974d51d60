import Foundation
import Schedules
import Training

/// One line of a journal: a JSON object whose last key, `check`, holds the first 64 bits of the SHA-256 of everything before
/// it.
///
/// A torn or altered line does not have the right value, and is never used.
enum JournalLine {
  private static let checkKey = Array(",\"check\":\"".utf8)
  private static let checkLength = 16

  /// - Parameter object: A JSON object without line breaks.
  static func sealed(_ object: String) -> String {
    let body = object.dropLast()
    return "\(body),\"check\":\"\(SHA256.digest(Array(body.utf8), bytes: checkLength / 2))\"}\n"
  }

  /// Why a line (without its line break) cannot be trusted; nil if it can.
  static func fault(in line: some Collection<UInt8>) -> String? {
    let line = Array(line)
    let tail = checkKey.count + checkLength + 2
    guard line.count > tail, line.last == UInt8(ascii: "}"), line[line.count - 2] == UInt8(ascii: "\"") else {
      return "it is incomplete"
    }
    let bodyEnd = line.count - tail
    let valueStart = bodyEnd + checkKey.count
    guard Array(line[bodyEnd..<valueStart]) == checkKey else { return "it has no check value" }
    let found = String(decoding: line[valueStart..<valueStart + checkLength], as: UTF8.self)
    return found == SHA256.digest(Array(line[..<bodyEnd]), bytes: checkLength / 2) ? nil : "its check value does not fit"
  }
}

extension RunRecord {
  /// The record as a journal line: its keys in a fixed order, null for what is not finite or does not apply.
  var journalLine: String {
    func number(_ value: Double?) -> String {
      guard let value, value.isFinite else { return "null" }
      return shortText(value)
    }
    func text(_ point: Checkpoint) -> String {
      let objective = point.trainObjective.map { ",\"train_objective\":\(number($0))" } ?? ""
      return "{\"step\":\(point.step),\"train_error\":\(number(point.trainError)),\"train_loss\":\(number(point.trainLoss))"
        + "\(objective)}"
    }
    let fields =
      [
        ("key", quotedJSON(key)), ("problem", quotedJSON(problem)), ("optimizer", quotedJSON(optimizer)),
        ("schedule", quotedJSON(schedule)), ("learning_rate", number(learningRate)), ("seed", "\(seed)"), ("steps", "\(steps)"),
      ] + quantities.fields.map { ($0.quantity.rawValue, number($0.value)) } + [("diverged", "\(diverged)")]
      + (checkpoints.isEmpty ? [] : [("checkpoints", "[\(checkpoints.map(text).joined(separator: ","))]")])
    return JournalLine.sealed("{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}")
  }

  /// Whether two records with the same key agree; dataset names, the paths of schedules' files and checkpoints are not part of
  /// a key.
  func agrees(with other: RunRecord) -> Bool {
    var renamed = other
    (renamed.problem, renamed.schedule, renamed.checkpoints) = (problem, schedule, checkpoints)
    return self == renamed
  }
}

/// A text as a JSON string literal.
private func quotedJSON(_ text: String) -> String {
  var literal = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": literal += "\\\""
    case "\\": literal += "\\\\"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: literal.unicodeScalars.append(scalar)
    }
  }
  return literal + "\""
}
