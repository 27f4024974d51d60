import Foundation
import Training

/// A sweep at work: a queue of tasks that threads take the longest from, and what is known so far.
///
/// Whenever all tasks of a unit have finished, its plan is made again from what is known; a unit whose plan asks for nothing is
/// done. All that changes is guarded by `condition`.
final class SweepExecution: @unchecked Sendable {
  private let units: [SweepUnit]
  private let optima: [SweepProblem]
  private let configuration: SweepConfiguration
  private let journal: Journal
  private let isCancelled: @Sendable () -> Bool

  private let condition = NSCondition()
  private var known: JournalContents
  private var queue: [Task] = []
  private var activeTasks = 0
  private var threads = 0
  private var isStopped = false
  private var failure: (any Error)?
  private var states: [UnitState]
  private var lastUnit: Int?
  private(set) var warnings: [String] = []
  private(set) var reusedRunCount = 0
  private var reusedCost = 0.0

  private struct UnitState {
    var waiting = 0
    var isDone = false
    var runsDone = 0
    var runsTotal = 0
  }

  private struct Task {
    enum Work {
      case train([PlannedRun])
      case refine(PlannedRefinement)
      case trace([PlannedTrace])
      case optimum(SweepProblem)
    }

    let work: Work
    /// nil for an optimum.
    let unit: Int?
    let cost: Double
  }

  init(
    units: [SweepUnit], optima: [SweepProblem], configuration: SweepConfiguration, journal: Journal,
    known: JournalContents, isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.units = units
    self.optima = optima
    self.configuration = configuration
    self.journal = journal
    self.known = known
    self.isCancelled = isCancelled
    states = Array(repeating: UnitState(), count: units.count)
  }

  var wasCancelled: Bool { condition.withLock { isStopped && failure == nil } }

  /// Works until nothing is missing, or a task fails, or the sweep is cancelled.
  func run(jobs: Int, progress: (SweepProgress) -> Void) throws {
    let start = Date()
    condition.withLock {
      for problem in optima where known.optima[RunKey.optimum(of: problem.summary)] == nil {
        queue.append(Task(work: .optimum(problem), unit: nil, cost: SweepRunner.optimumCost(of: problem)))
      }
      for unit in units.indices { advance(unit) }
      reusedRunCount = states.map(\.runsDone).reduce(0, +)
      reusedCost = zip(units, states).map { $0.cost * Double($1.runsDone) }.reduce(0, +)
      threads = queue.isEmpty ? 0 : jobs
    }
    for _ in 0..<threads {
      let thread = Thread { [self] in work() }
      thread.stackSize = 8 << 20
      thread.start()
    }
    while condition.withLock({ threads > 0 }) {
      progress(progressNow(since: start))
      condition.withLock {
        if threads > 0 { _ = condition.wait(until: Date(timeIntervalSinceNow: 0.2)) }
        if threads > 0 && isCancelled() { stop() }
      }
    }
    progress(progressNow(since: start))
    if let failure = condition.withLock({ failure }) { throw failure }
  }

  // MARK: Tasks

  private func work() {
    while let task = next() {
      do {
        try perform(task)
      } catch {
        condition.withLock {
          if !(error is CancellationError), failure == nil { failure = error }
          stop()
        }
      }
      condition.withLock {
        activeTasks -= 1
        if queue.isEmpty { condition.broadcast() }
      }
    }
    condition.withLock {
      threads -= 1
      condition.broadcast()
    }
  }

  /// The longest task that waits; nil where there will be none.
  private func next() -> Task? {
    condition.withLock {
      while queue.isEmpty && activeTasks > 0 && !isStopped { condition.wait() }
      guard !isStopped, let task = queue.popLast() else { return nil }
      activeTasks += 1
      return task
    }
  }

  private func stop() {
    isStopped = true
    queue = []
    condition.broadcast()
  }

  private func perform(_ task: Task) throws {
    var runs: [RunRecord] = []
    var details: [DetailLine] = []
    let unit = task.unit.map { units[$0] }
    switch task.work {
    case .train(let planned):
      runs = try unit?.train(planned, isCancelled: isCancelled) ?? []
    case .refine(let planned):
      if let unit { details = [try unit.refine(planned, isCancelled: isCancelled, warn: warn)] }
    case .trace(let planned):
      details = try unit?.trace(planned, isCancelled: isCancelled, warn: warn) ?? []
    case .optimum(let problem):
      let optimum = try Optimum.find(for: problem.problem.training, isCancelled: isCancelled)
      var line = DetailLine(kind: .optimum, key: RunKey.optimum(of: problem.summary))
      line.optimum = OptimumRecord(
        loss: optimum.loss, gradientNorm: optimum.gradientNorm, attained: optimum.attained, separable: optimum.separable,
        iterations: optimum.iterations)
      details = [line]
    }
    try journal.append(runs: runs, details: details)
    try condition.withLock {
      let place = JournalContents.Place(file: journal.folder, line: 0)
      for run in runs { try known.take(run, at: place) }
      for line in details { known.take(line, at: place) }
      guard let unit = task.unit else { return }
      states[unit].runsDone += runs.count
      states[unit].waiting -= 1
      lastUnit = unit
      if states[unit].waiting == 0 && !isStopped { advance(unit) }
    }
  }

  private func warn(_ warning: String) { condition.withLock { warnings.append(warning) } }

  // MARK: Plan

  /// Queues what a unit asks for now. Called under the lock.
  private func advance(_ index: Int) {
    let unit = units[index]
    let plan = UnitPlan(unit: unit.keys, chains: unit.chains, configuration: configuration, known: known)
    let tasks = tasks(of: plan, unit: index)
    let missing = plan.schedules.map(\.missing.count).reduce(0, +)
    states[index].runsDone = plan.schedules.map(\.runs.count).reduce(0, +)
    states[index].runsTotal = tasks.isEmpty ? states[index].runsDone : max(states[index].runsDone + missing, unit.leastRunCount)
    states[index].waiting = tasks.count
    states[index].isDone = tasks.isEmpty
    if tasks.isEmpty { unit.release() }
    queue += tasks
    queue.sort { $0.cost < $1.cost }
    condition.broadcast()
  }

  private func tasks(of plan: UnitPlan, unit index: Int) -> [Task] {
    let unit = units[index]
    let groupCost = unit.cost * Double(unit.lanes)
    var refinements = Set(plan.missingRefinements)
    /// Whether a schedule can be trained now; if not, asks for the refinement that it (or what it comes from) lacks.
    func canTrain(_ schedule: String) -> Bool {
      if unit.hasFactors(of: schedule) { return true }
      if let refinement = plan.refinement(of: schedule) { refinements.insert(refinement) }
      return false
    }
    let runs = plan.schedules.filter { !$0.missing.isEmpty && canTrain($0.schedule) }.flatMap(\.missing)
    let traces = plan.missingTraces.filter { canTrain($0.run.schedule) }
    var ready: Set<PlannedRefinement> = []
    while let refinement = refinements.popFirst() {
      // Its prior may be refined itself, in an earlier session: then that comes first. Rounds descend, so this ends.
      if canTrain(refinement.prior.schedule) { ready.insert(refinement) }
    }
    var tasks = ready.sorted { $0.key < $1.key }.map { Task(work: .refine($0), unit: index, cost: groupCost) }
    for (_, runs) in Dictionary(grouping: runs, by: \.seed).sorted(by: { $0.key < $1.key }) {
      for start in stride(from: 0, to: runs.count, by: unit.lanes) {
        let group = Array(runs[start..<min(start + unit.lanes, runs.count)])
        tasks.append(Task(work: .train(group), unit: index, cost: groupCost))
      }
    }
    for start in stride(from: 0, to: traces.count, by: unit.lanes) {
      let group = Array(traces[start..<min(start + unit.lanes, traces.count)])
      tasks.append(Task(work: .trace(group), unit: index, cost: groupCost))
    }
    return tasks
  }

  // MARK: Progress

  private func progressNow(since start: Date) -> SweepProgress {
    let trained = journal.durableRunCount
    let elapsed = Date().timeIntervalSince(start)
    var (total, costDone, costLeft) = (0, 0.0, 0.0)
    var runs: [RunRecord] = []
    var current: SweepUnit?
    condition.withLock {
      for (unit, state) in zip(units, states) {
        total += state.runsTotal
        costLeft += unit.cost * Double(max(state.runsTotal - state.runsDone, 0))
        costDone += unit.cost * Double(state.runsDone)
      }
      guard let lastUnit else { return }
      current = units[lastUnit]
      let plan = UnitPlan(
        unit: units[lastUnit].keys, chains: units[lastUnit].chains, configuration: configuration, known: known)
      runs = plan.schedules.flatMap(\.runs)
    }
    let worked = costDone - reusedCost
    let bySchedule = Dictionary(grouping: runs, by: \.schedule)
    let best = configuration.columns.compactMap { schedule -> SweepProgress.Best? in
      guard let best = bySchedule[schedule].flatMap({ BestRate.select(from: $0) }) else { return nil }
      return SweepProgress.Best(
        schedule: schedule, learningRate: best.learningRate, meanTrainError: best.meanTrainError)
    }
    return SweepProgress(
      runsDone: min(reusedRunCount + trained, total), runsTotal: total, runsTrained: trained, secondsElapsed: elapsed,
      secondsLeft: worked > 0 && elapsed > 0.5 ? elapsed * costLeft / worked : nil,
      problem: current?.keys.problem.name ?? "", optimizer: current?.keys.optimizer.spelling ?? "", best: best)
  }
}
