import SIMDShims

/// Whether this processor has the instruction sets that the kernels were compiled for.
public enum ProcessorCheck {
  /// The name of an instruction set that the kernels use and this processor lacks, as in "avx2"; nil if there is none.
  ///
  /// To be asked before anything else of this module or of `Sparse` runs: the answer to a kernel on the wrong processor is SIGILL.
  public static func missingInstructionSet() -> String? {
    processor_feature_missing(processor_features_compiled_for()).map { String(cString: $0) }
  }
}
