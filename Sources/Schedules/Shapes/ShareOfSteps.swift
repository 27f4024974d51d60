/// How many steps a share of a run is: warmup, cooldown. Ties are rounded to even.
///
/// - Parameter share: from 0 to 1.
package func stepCount(share: Double, of steps: Int) -> Int { Int((share * Double(steps)).rounded(.toNearestOrEven)) }
