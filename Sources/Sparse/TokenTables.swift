/// Constants of the vector path, by the length of a value and the place of its decimal point.
final class TokenTables: Sendable {
  /// Controls of a byte shuffle, 16 bytes each, at (length * 32 + point) * 16. They move the digits of a value of that length
  /// (1...16) to the right end and take the point out; `point` equals `length` where there is none.
  let controls: [UInt8]
  /// At (length - point): 10 to the number of digits after the point; the same negated from 32 on.
  let divisors: [Double]

  static let shared = TokenTables()

  private init() {
    var controls = [UInt8](repeating: 0x80, count: 32 * 32 * 16)
    for length in 1...16 {
      for point in 0...length {
        var kept = Array(0..<length)
        // A point alone stays in, so that it is found not to be a digit.
        if point < length, length > 1 { kept.remove(at: point) }
        for (offset, byte) in kept.enumerated() {
          controls[(length * 32 + point) * 16 + 16 - kept.count + offset] = UInt8(byte)
        }
      }
    }
    self.controls = controls
    var powers: [Double] = [1]
    for _ in 1...22 { powers.append(powers[powers.count - 1] * 10) }
    let positive = (0..<32).map { $0 < 2 ? 1 : powers[min($0 - 1, 22)] }
    divisors = positive + positive.map { -$0 }
  }
}
