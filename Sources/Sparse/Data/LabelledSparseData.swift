/// The content of one LIBSVM file: a sparse matrix of rows, each with a class.
public struct LabelledSparseData: Sendable {
  public let matrix: SparseMatrix
  /// For each row, the index of its label in `classLabels`; -1 if the label is not among them (test files only).
  public let classes: [Int32]
  /// The distinct labels, ascending.
  public let classLabels: [Double]

  public var rowCount: Int { matrix.rowCount }
  public var featureCount: Int { matrix.columnCount }
  public var classCount: Int { classLabels.count }

  public init(matrix: SparseMatrix, classes: [Int32], classLabels: [Double]) {
    precondition(classes.count == matrix.rowCount)
    self.matrix = matrix
    self.classes = classes
    self.classLabels = classLabels
  }
}
