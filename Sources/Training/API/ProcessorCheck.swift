import SIMDShims

/// Checks that this processor has the instruction sets that the kernels were compiled for.
public enum ProcessorCheck {
  /// The name of a required instruction set that this processor lacks, such as "avx2"; nil if it has all.
  ///
  /// Check this before using anything else of this module or of `Sparse`: a kernel on an unsupported processor dies with
  /// SIGILL.
  public static func missingInstructionSet() -> String? {
    processor_feature_missing(processor_features_compiled_for()).map { String(cString: $0) }
  }
}
