import SIMDShims

/// e^x in every lane, for x <= 0.
///
/// x = (n + f) ln(2) / 32 with n an integer and |f| <= 1/2. 2^(n/32) comes from a table of roots and the exponent bits,
/// 2^(f/32) - 1 from a polynomial of degree 2 without constant term (error at most 5.33e-8; fitted by linear programming). The
/// table allows a shorter polynomial, which saves a third of the multiplications.
///
/// Total error at most 1.75 ulp for x >= -87.33, verified for every Float. Below that, where results are subnormal: 0 if
/// subnormals are flushed, otherwise a value below 2^-126. 0 for x <= -88.03, and NaN for NaN.
@inline(__always)
func laneExponential<Lanes: Vectors>(_ x: Lanes) -> Lanes {
  // Adding 1.5 * 2^23 rounds to an integer.
  let rounder = lane_splat(12_582_912)
  let clamped = x.map { lane_max(lane_splat(-88.0297), $0) }
  let shifted = clamped.map { lane_fma($0, lane_splat(0x1.715476p+5), rounder) }
  let minusN = shifted.map { lane_subtract(rounder, $0) }
  let power = shifted.map { lane_root_of_two($0) }
  // 32 log2(e) in two parts: the product keeps its low bits for large |x|.
  let high = clamped.map(with: minusN) { lane_fma($0, lane_splat(0x1.715476p+5), $1) }
  let f = clamped.map(with: high) { lane_fma($0, lane_splat(0x1.4AE0Cp-21), $1) }
  let p = f.map { lane_fma($0, lane_splat(0x1.EBFDAAp-13), lane_splat(0x1.62E586p-6)) }
  return power.map(with: f.map(with: p) { lane_multiply($0, $1) }) { lane_fma($0, $1, $0) }
}

/// log(1 + u) in every lane, for finite u >= 0, to about 2 ulp, also for small u.
///
/// The polynomial is that of `logf` in Cephes (Moshier 1989).
@inline(__always)
func laneLogarithmOfOnePlus(_ u: LaneVector) -> LaneVector {
  let y = lane_add(u, lane_splat(1))
  let lost = lane_divide(lane_subtract(u, lane_subtract(y, lane_splat(1))), y)
  let exponent = lane_exponent(y)
  let f = lane_subtract(lane_scale_down(y, exponent), lane_splat(1))
  var p = lane_fma(f, lane_splat(7.037_683_6292e-2), lane_splat(-1.151_461_0310e-1))
  p = lane_fma(f, p, lane_splat(1.167_699_8740e-1))
  p = lane_fma(f, p, lane_splat(-1.242_014_0846e-1))
  p = lane_fma(f, p, lane_splat(1.424_932_2787e-1))
  p = lane_fma(f, p, lane_splat(-1.666_805_7665e-1))
  p = lane_fma(f, p, lane_splat(2.000_071_4765e-1))
  p = lane_fma(f, p, lane_splat(-2.499_999_3993e-1))
  p = lane_fma(f, p, lane_splat(3.333_333_1174e-1))
  let square = lane_multiply(f, f)
  let n = lane_convert(exponent)
  var tail = lane_multiply(lane_multiply(f, square), p)
  tail = lane_fma(n, lane_splat(-2.121_944_40e-4), tail)
  tail = lane_fma(square, lane_splat(-0.5), tail)
  tail = lane_add(tail, lost)
  return lane_fma(n, lane_splat(0.693359375), lane_add(f, tail))
}
