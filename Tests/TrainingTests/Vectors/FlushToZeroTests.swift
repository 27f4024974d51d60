import Testing

@testable import Training

@Suite struct FlushToZeroTests {
  /// A subnormal number, doubled out of the compiler's sight.
  @inline(never) private func doubled(_ x: Float) -> Float { x + x }

  @Test func subnormalsAreZeroInsideAndBackOutside() {
    let tiny = Float.leastNonzeroMagnitude
    let inside = withSubnormalsFlushedToZero { doubled(tiny) == 0 }
    #expect(inside)
    #expect(doubled(tiny).bitPattern == 2)
  }
}
