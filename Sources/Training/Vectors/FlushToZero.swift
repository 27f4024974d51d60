import SIMDShims

/// Runs `body` with subnormal numbers flushed to zero on this thread, and restores the thread's mode afterwards.
func withSubnormalsFlushedToZero<Result>(_ body: () throws -> Result) rethrows -> Result {
  let mode = floating_point_mode()
  set_floating_point_mode(mode | UInt64(flush_to_zero_bits))
  defer { set_floating_point_mode(mode) }
  return try body()
}
