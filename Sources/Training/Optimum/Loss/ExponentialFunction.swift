import SIMDShims

/// exp(x) for x <= 0, within 1.5 ulp; clamped to exp(-708) = 3e-308 below -708.
///
/// x = k ln 2 + r with Cody and Waite's two-part logarithm, the Taylor polynomial of degree 13 on |r| <= ln 2 / 2 (remainder
/// 4e-18), and k added to the exponent bits.
@inline(__always)
func exponential(_ x: SIMD8<Double>) -> SIMD8<Double> {
  let shift = double_splat(0x1.8p52)
  let x = double_max(x, double_splat(-708))
  let biased = double_fma(x, double_splat(1.4426950408889634), shift)
  let k = double_subtract(biased, shift)
  var r = double_fma(k, double_splat(-0x1.62e42fefa3800p-1), x)
  r = double_fma(k, double_splat(-0x1.ef35793c76730p-45), r)
  var p = double_splat(1 / 6_227_020_800)
  p = double_fma(p, r, double_splat(1 / 479_001_600))
  p = double_fma(p, r, double_splat(1 / 39_916_800))
  p = double_fma(p, r, double_splat(1 / 3_628_800))
  p = double_fma(p, r, double_splat(1 / 362_880))
  p = double_fma(p, r, double_splat(1 / 40_320))
  p = double_fma(p, r, double_splat(1 / 5_040))
  p = double_fma(p, r, double_splat(1 / 720))
  p = double_fma(p, r, double_splat(1 / 120))
  p = double_fma(p, r, double_splat(1 / 24))
  p = double_fma(p, r, double_splat(1 / 6))
  p = double_fma(p, r, double_splat(0.5))
  p = double_fma(p, r, double_splat(1))
  p = double_fma(p, r, double_splat(1))
  return double_scale(p, biased)
}

/// exp(x) for x <= 0, flushed to 0 below 1e-140, so that neither a result nor a product of two is subnormal, which would cost a
/// hundred cycles per operation. Unchanged above 1e-124.
@inline(__always)
func exponentialOrZero(_ x: SIMD8<Double>) -> SIMD8<Double> {
  double_subtract(double_max(exponential(x), double_splat(1e-140)), double_splat(1e-140))
}
