/// A classification problem: training data and, where there is a test file, test data with the same features and classes.
public struct Problem: Sendable {
  /// The file's name without folder and compression suffix.
  public let name: String
  public let training: LabelledSparseData
  /// Has the feature count and class labels of `training`: features beyond are dropped, rows with a label that `training`
  /// does not have keep class -1; they count as errors, and the test loss is the mean over the other rows.
  public let test: LabelledSparseData?

  public init(name: String, training: LabelledSparseData, test: LabelledSparseData? = nil) {
    self.name = name
    self.training = training
    self.test = test
  }
}
