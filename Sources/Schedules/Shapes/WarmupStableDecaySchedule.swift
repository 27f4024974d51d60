/// s_t = 1, then over the last C = round(cooldown x T) steps, u = (t - (T - C)) / C: 1 - u, or 1 - sqrt(u).
///
/// Source: Hägele et al., "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations", arXiv 2405.18392.
struct WarmupStableDecaySchedule: ScheduleShape {
  static let name = "wsd"
  static let summary = "warmup-stable-decay: 1, then a cooldown to 0"
  static let columnTitle = "wsd"
  static let color = "#b5488f"
  static let cooldown = NumberParameter(
    "cooldown", default: 0.2, in: 0...1, help: "Fraction of the steps spent on the cooldown.")
  static let shape = ChoiceParameter(
    "shape", default: "linear", of: ["linear", "sqrt"], help: "The cooldown, 1 - u or 1 - sqrt(u), with u from 0 to 1 over it.")
  static let parameters: [any ScheduleParameter] = [cooldown, shape]

  let cooldown: Double
  let isLinear: Bool

  init(_ arguments: ScheduleArguments) {
    cooldown = arguments[Self.cooldown]
    isLinear = arguments[Self.shape] == "linear"
  }

  func factors(steps: Int) -> [Double] {
    let cooling = stepCount(share: cooldown, of: steps)
    return (0..<steps).map { t in
      guard t >= steps - cooling else { return 1 }
      let u = Double(t - (steps - cooling)) / Double(cooling)
      return 1 - (isLinear ? u : u.squareRoot())
    }
  }
}
