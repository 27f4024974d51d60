import SIMDShims

/// e^x in every lane, for x <= 0.
///
/// x = (n + f) ln 2 with n whole and |f| <= 1/2: 2^f by a polynomial of degree 6 (largest relative error 3e-9, by linear
/// programming over 4,001 points), 2^n by the exponent's bits. Error at most 2 ulp for x >= -87.3; 0 for x <= -88, and a NaN
/// for a NaN.
@inline(__always)
func laneExponential(_ x: LaneVector) -> LaneVector {
  // 1.5 * 2^23 rounds to whole numbers; the 127 is the exponent's bias.
  let rounder = lane_splat(12_582_912 + 127)
  let clamped = lane_max(lane_splat(-88.1), x)
  let shifted = lane_fma(clamped, lane_splat(0x1.715476p+0), rounder)
  let n = lane_subtract(shifted, rounder)
  // log2(e) in two parts: the product keeps its low digits where x is large.
  let high = lane_fma(clamped, lane_splat(0x1.715476p+0), lane_subtract(lane_splat(0), n))
  let f = lane_fma(clamped, lane_splat(0x1.4AE0Cp-26), high)
  var p = lane_fma(f, lane_splat(0.00014920958295227602), lane_splat(0.0013391863291738733))
  p = lane_fma(f, p, lane_splat(0.009620061302633369))
  p = lane_fma(f, p, lane_splat(0.055503605200597265))
  p = lane_fma(f, p, lane_splat(0.24022634596208517))
  p = lane_fma(f, p, lane_splat(0.6931471807409318))
  p = lane_fma(f, p, lane_splat(1))
  return lane_multiply(p, lane_low_bits_as_exponent(shifted))
}

/// log(1 + u) in every lane, for u >= 0 and finite, to about 2 ulp also where u is small.
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

/// The functions on arrays, for whoever wants to look at their errors.
enum LaneMath {
  static func exponentials(_ x: [Float]) -> [Float] { x.map { laneExponential(lane_splat($0))[0] } }
  static func logarithmsOfOnePlus(_ u: [Float]) -> [Float] { u.map { laneLogarithmOfOnePlus(lane_splat($0))[0] } }
}
