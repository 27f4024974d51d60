import Foundation

/// PyTorch's `OneCycleLR` divided by its `max_lr`, in two phases.
///
/// Behaviour matched: torch.optim.lr_scheduler.OneCycleLR, `three_phase=False`; keys and defaults are PyTorch's.
struct OneCycleSchedule: ScheduleShape {
  static let name = "onecycle"
  static let summary = "PyTorch's OneCycleLR"
  static let columnTitle = "onecycle"
  static let color = "#cc4257"
  static let up = NumberParameter(
    "pct_start", default: 0.3, in: 0...1, help: "Fraction of the steps over which the factor rises.")
  static let division = NumberParameter("div_factor", default: 25, above: 0, help: "The first factor is 1/div_factor.")
  static let finalDivision = NumberParameter(
    "final_div_factor", default: 1e4, above: 0, help: "The last factor is the first divided by this.")
  static let anneal = ChoiceParameter("anneal", default: "cos", of: ["cos", "linear"], help: "How it rises and falls.")
  static let parameters: [any ScheduleParameter] = [up, division, finalDivision, anneal]

  let up: Double
  let initial: Double
  let final: Double
  let isCosine: Bool

  init(_ arguments: ScheduleArguments) {
    up = arguments[Self.up]
    initial = 1 / arguments[Self.division]
    final = initial / arguments[Self.finalDivision]
    isCosine = arguments[Self.anneal] == "cos"
  }

  func factors(steps: Int) -> [Double] {
    let peak = up * Double(steps) - 1
    let last = Double(steps) - 1
    return (0..<steps).map { step in
      let t = Double(step)
      return t <= peak
        ? annealed(from: initial, to: 1, by: peak > 0 ? t / peak : 1)
        : annealed(from: 1, to: final, by: last > peak ? (t - peak) / (last - peak) : 1)
    }
  }

  private func annealed(from start: Double, to end: Double, by share: Double) -> Double {
    isCosine ? end + (start - end) / 2 * (1 + cos(.pi * share)) : start + (end - start) * share
  }
}
