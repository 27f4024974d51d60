import SIMDShims

/// What an optimizer does with the listed batches of a vector of runs.
///
/// Conformers are classes that own their tables: a step borrows those, and counts no references.
protocol SparseLaneStepper: AnyObject {
  /// Fills in the rates and decays of the epoch whose first step is `step` of the run.
  func begin(epochFrom step: Int)

  /// Takes a step, `step` of the run and `stepOfEpoch` of its epoch.
  func take(
    _ batch: SparseLaneBatch, on pass: SparseLanePass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> SparseLaneStepSums
}

/// What a step tells: the sum of its samples' losses where it is wanted, and the norms' sums.
typealias SparseLaneStepSums = (loss: LaneVector, norms: SparseLaneNorms)
