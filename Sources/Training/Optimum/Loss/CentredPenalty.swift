/// Half of l2 times the squared weights, bias left out, after each feature's weights are centred over the classes.
///
/// Adding the same number to a feature's weights of all classes changes no probability, and the sum of squares is least where they
/// are centred. So the minimum is that of the plain penalty, and holding one class's weights fixed, as Newton's method does, loses
/// nothing.
struct CentredPenalty {
  let l2: Double
  /// Without the bias.
  let features: Int
  let classes: Int

  /// Adds the penalty's gradient at `weights` ([feature][class]).
  ///
  /// - Returns: the penalty.
  func add(to gradient: inout [Double], at weights: [Double]) -> Double {
    var squares = 0.0
    for first in stride(from: 0, to: features * classes, by: classes) {
      var sum = 0.0
      for k in first..<first + classes { sum += weights[k] }
      let mean = sum / Double(classes)
      for k in first..<first + classes {
        let centred = weights[k] - mean
        squares += centred * centred
        gradient[k] += l2 * centred
      }
    }
    return l2 / 2 * squares
  }

  /// The second derivative in a feature's weights of classes `c` and `d`.
  func curvature(_ c: Int, _ d: Int) -> Double { l2 * ((c == d ? 1 : 0) - 1 / Double(classes)) }
}
