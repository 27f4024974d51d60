import Platform
import Sparse

extension Problem {
  /// Rejects a problem that needs more memory to train than is available.
  ///
  /// - Parameter path: of the training file, for the message.
  /// - Throws: `ReadingFailure` of kind `badData`. The estimate: weights and two moments of 16 runs in single precision, and 32
  ///   bytes per feature.
  public func checkTrainingMemory(path: String) throws(ReadingFailure) {
    let storedClasses = training.classCount == 2 ? 1 : training.classCount
    let needed = Double(training.featureCount + 1) * Double(storedClasses * 3 * 16 * 4 + 32)
    var limit = MemoryLimit(nil)
    guard needed < Double(Int.max), limit.allows(Int(needed)) else {
      let message =
        "training \(training.featureCount) features for \(training.classCount) classes takes about \(Int(needed / 0x1p20)) MB, and only "
        + "\(limit.byteCount >> 20) MB of memory are available"
      throw ReadingFailure(kind: .badData, file: path, message: message)
    }
  }
}
