import Platform
import Sparse

extension Problem {
  /// Refuses a problem whose training would take more memory than there is.
  ///
  /// - Parameter path: of the training file, for the message.
  /// - Throws: `ReadingFailure` of kind `badData` with an estimate: weights and two moments of 16 runs in single precision, and 32
  ///   bytes a feature.
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
