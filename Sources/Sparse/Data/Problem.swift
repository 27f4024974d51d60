/// A classification problem: training data and, if there is a test file, test data with the same features and classes.
public struct Problem: Sendable {
  /// The file name without folder and compression suffix.
  public let name: String
  public let training: LabelledSparseData
  /// Has the feature count and class labels of `training`: extra features are dropped, and rows whose label `training` lacks
  /// have class -1. Such rows count as errors; the test loss is the mean over the other rows.
  public let test: LabelledSparseData?
  /// CRC-32 of the training file's uncompressed text; nil for data not read from a file.
  public let checksum: UInt32?
  /// CRC-32 of the test file's uncompressed text.
  public let testChecksum: UInt32?

  public init(
    name: String, training: LabelledSparseData, test: LabelledSparseData? = nil, checksum: UInt32? = nil,
    testChecksum: UInt32? = nil
  ) {
    self.name = name
    self.training = training
    self.test = test
    self.checksum = checksum
    self.testChecksum = testChecksum
  }

  /// Reads a training file and its test file.
  ///
  /// Unless the index base is forced, it is detected for both files together: index 0 in either means that both count from 0,
  /// as in scikit-learn's `load_svmlight_files`.
  ///
  /// - Throws: `ReadingFailure`, as `LIBSVMReader.read` does.
  public init(
    path: String, testPath: String? = nil, options: ReadingOptions = ReadingOptions()
  ) throws(ReadingFailure) {
    let training = try LIBSVMReader.read(path: path, options: options)
    guard let testPath else {
      self.init(name: DatasetFolder.datasetName(ofFile: path), training: training.data, checksum: training.checksum)
      return
    }
    let test = try LIBSVMReader.read(path: testPath, options: options)
    let base: IndexBase = training.indexBase == .zero || test.indexBase == .zero ? .zero : .one
    let trainingData = training.data.shifted(by: training.indexBase.rawValue - base.rawValue)
    self.init(
      name: DatasetFolder.datasetName(ofFile: path), training: trainingData,
      test: test.data.shifted(by: test.indexBase.rawValue - base.rawValue).aligned(to: trainingData),
      checksum: training.checksum, testChecksum: test.checksum)
  }
}
