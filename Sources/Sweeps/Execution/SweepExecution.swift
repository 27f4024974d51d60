import Foundation
import Training

/// A running sweep: a queue of tasks, from which threads take the longest first, and the results so far.
///
/// When all tasks of a unit have finished, its plan is recomputed from the results; a unit whose plan asks for nothing is
/// done. Threads with nothing to train search for smallest losses, each for a different problem while there are any left, and
/// return to training as soon as there is something to train. All mutable state is guarded by `condition`.
final class SweepExecution: @unchecked Sendable {
  private let units: [SweepUnit]
  private let configuration: SweepConfiguration
  private let journal: Journal
  private let isCancelled: @Sendable () -> Bool

  private let condition = NSCondition()
  private var known: JournalContents
  private var queue: [Task] = []
  /// Searches that no thread has started, the shortest last.
  private var waitingSearches: [SmallestLossSearch]
  private var activeSearches: [SmallestLossSearch] = []
  private var searchedCost = 0.0
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
    /// The part of the search for the best schedule that is done; nil if there is none, or an earlier session did it.
    var searched: Double?
  }

  private struct Task {
    enum Work {
      case train([PlannedRun])
      case refine(PlannedRefinement)
      case trace([PlannedTrace])
      case searchSchedule
    }

    let work: Work
    let unit: Int
    let cost: Double
  }

  /// What a thread does next.
  private enum Job {
    case task(Task)
    case search(SmallestLossSearch)
    case assist(SmallestLossSearch)
  }

  init(
    units: [SweepUnit], searches: [SmallestLossSearch], configuration: SweepConfiguration, journal: Journal,
    known: JournalContents, isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.units = units
    self.configuration = configuration
    self.journal = journal
    self.known = known
    self.isCancelled = isCancelled
    states = Array(repeating: UnitState(), count: units.count)
    waitingSearches = searches.filter { $0.isMissing(in: known) }.sorted { $0.cost.estimate > $1.cost.estimate }
    for (index, unit) in units.enumerated() where unit.plan(known).needsSearch { states[index].searched = 0 }
    warnings = searches.filter { $0.isKnownUnfound(in: known) }.map(\.warning)
  }

  var wasCancelled: Bool { condition.withLock { isStopped && failure == nil } }

  /// Runs until nothing is missing, a task fails, or the sweep is cancelled.
  func run(jobs: Int, progress: (SweepProgress) -> Void) throws {
    let start = Date()
    condition.withLock {
      for unit in units.indices { advance(unit) }
      reusedRunCount = states.map(\.runsDone).reduce(0, +)
      reusedCost = zip(units, states).map { $0.cost * Double($1.runsDone) }.reduce(0, +)
      threads = queue.isEmpty && waitingSearches.isEmpty ? 0 : jobs
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
    while let job = next() {
      switch job {
      case .task(let task):
        attempt { try perform(task) }
        endJob()
      case .search(let search):
        attempt { try perform(search) }
        condition.withLock { activeSearches.removeAll { $0 === search } }
        endJob()
      case .assist(let search):
        search.loop.assist { [self] in condition.withLock { isStopped || !queue.isEmpty } }
      }
    }
    condition.withLock {
      threads -= 1
      condition.broadcast()
    }
  }

  /// The longest waiting task; if there is none, a search; nil if there will be neither.
  private func next() -> Job? {
    condition.withLock {
      while !isStopped {
        if let task = popTask() { return .task(task) }
        if let search = waitingSearches.popLast() {
          activeSearches.append(search)
          activeTasks += 1
          return .search(search)
        }
        let open = activeSearches.filter { $0.loop.isOpen }
        if let search = open.max(by: { $0.secondsLeft < $1.secondsLeft }) { return .assist(search) }
        if activeTasks == 0 { return nil }
        condition.wait()
      }
      return nil
    }
  }

  /// Called with the lock held.
  private func popTask() -> Task? {
    guard let task = queue.popLast() else { return nil }
    activeTasks += 1
    return task
  }

  private func endJob() {
    condition.withLock {
      activeTasks -= 1
      if queue.isEmpty { condition.broadcast() }
    }
  }

  private func attempt(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      condition.withLock {
        if !(error is CancellationError), failure == nil { failure = error }
        stop()
      }
    }
  }

  private func stop() {
    isStopped = true
    queue = []
    waitingSearches = []
    wakeThreads()
  }

  /// Called with the lock held.
  private func wakeThreads() {
    condition.broadcast()
    for search in activeSearches { search.loop.recallAssistants() }
  }

  private func perform(_ search: SmallestLossSearch) throws {
    let line = try search.run { [self] in
      // Training has priority: whatever was queued in the meantime is done before the search continues.
      while let task = condition.withLock({ isStopped ? nil : popTask() }) {
        attempt { try perform(task) }
        endJob()
      }
      return condition.withLock { isStopped } || isCancelled()
    }
    try journal.append(runs: [], details: [line])
    condition.withLock {
      known.take(line, at: JournalContents.Place(file: journal.folder, line: 0))
      searchedCost += search.seconds
      if case .noOptimum = line.content { warnings.append(search.warning) }
    }
  }

  private func perform(_ task: Task) throws {
    var runs: [RunRecord] = []
    var details: [DetailLine] = []
    var generations: SearchJournal?
    let unit = units[task.unit]
    switch task.work {
    case .train(let planned): runs = try unit.train(planned, isCancelled: isCancelled)
    case .refine(let planned): details = [try unit.refine(planned, isCancelled: isCancelled, warn: warn)]
    case .trace(let planned): details = try unit.trace(planned, isCancelled: isCancelled, warn: warn)
    case .searchSchedule:
      details = try unit.search(
        journal: { [folder = journal.folder] key in
          let opened = try SearchJournal(sweepFolder: folder, key: key)
          generations = opened
          return opened
        },
        isCancelled: { [self] in condition.withLock { isStopped } || isCancelled() },
        progress: { [self] part in condition.withLock { states[task.unit].searched = part } })
    }
    try journal.append(runs: runs, details: details)
    generations?.remove()
    try condition.withLock {
      let place = JournalContents.Place(file: journal.folder, line: 0)
      for run in runs { try known.take(run, at: place) }
      for line in details { known.take(line, at: place) }
      if case .searchSchedule = task.work { states[task.unit].searched = 1 }
      states[task.unit].runsDone += runs.count
      states[task.unit].waiting -= 1
      lastUnit = task.unit
      if states[task.unit].waiting == 0 && !isStopped { advance(task.unit) }
    }
  }

  private func warn(_ warning: String) { condition.withLock { warnings.append(warning) } }

  // MARK: Plan

  /// Queues what a unit needs now. Called with the lock held.
  private func advance(_ index: Int) {
    let unit = units[index]
    let plan = unit.plan(known)
    let tasks = tasks(of: plan, unit: index)
    let missing = plan.missingRuns.count
    states[index].runsDone = plan.runCount
    states[index].runsTotal = tasks.isEmpty ? states[index].runsDone : max(states[index].runsDone + missing, unit.leastRunCount)
    states[index].waiting = tasks.count
    states[index].isDone = tasks.isEmpty
    if tasks.isEmpty { unit.release() }
    queue += tasks
    queue.sort { $0.cost < $1.cost }
    wakeThreads()
  }

  private func tasks(of plan: UnitPlan, unit index: Int) -> [Task] {
    let unit = units[index]
    let groupCost = unit.cost * Double(unit.lanes)
    var refinements = Set(plan.missingRefinements)
    /// Whether a schedule can be trained now; if not, requests the refinement that it (or its prior) lacks.
    func canTrain(_ schedule: String) -> Bool {
      if unit.hasFactors(of: schedule) { return true }
      if let refinement = plan.refinement(of: schedule) { refinements.insert(refinement) }
      return false
    }
    let trainable = Set(plan.schedules.filter { !$0.missing.isEmpty }.map(\.schedule).filter(canTrain))
    let runs = plan.missingRuns.filter { trainable.contains($0.schedule) }
    let traces = plan.missingTraces.filter { canTrain($0.run.schedule) }
    var ready: Set<PlannedRefinement> = []
    while let refinement = refinements.popFirst() {
      // The prior may itself have been refined, in an earlier session: then it comes first. Rounds decrease, so this
      // terminates.
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
    if tasks.isEmpty, plan.needsSearch { tasks = [Task(work: .searchSchedule, unit: index, cost: unit.searchCost)] }
    return tasks
  }

  // MARK: Progress

  private func progressNow(since start: Date) -> SweepProgress {
    let trained = journal.durableRunCount
    let elapsed = Date().timeIntervalSince(start)
    var (total, costDone, costLeft) = (0, 0.0, 0.0)
    var runs: [RunRecord] = []
    var current: SweepUnit?
    var searched: [String] = []
    condition.withLock {
      for (unit, state) in zip(units, states) {
        total += state.runsTotal
        costLeft += unit.cost * Double(max(state.runsTotal - state.runsDone, 0))
        costDone += unit.cost * Double(state.runsDone)
        guard let searched = state.searched else { continue }
        costLeft += unit.searchCost * (1 - searched)
        costDone += unit.searchCost * searched
      }
      costDone += searchedCost + activeSearches.map(\.secondsDone).reduce(0, +)
      costLeft += (waitingSearches + activeSearches).map(\.secondsLeft).reduce(0, +)
      searched = Set(activeSearches.map(\.problem.summary.name)).sorted()
      guard let lastUnit else { return }
      current = units[lastUnit]
      runs = units[lastUnit].plan(known).schedules.flatMap(\.runs)
    }
    let worked = costDone - reusedCost
    let bySchedule = Dictionary(grouping: runs, by: \.schedule)
    let criterion = (current?.condition.l2 ?? 0) > 0 ? BestRate.Criterion.trainObjective : .trainError
    let best = configuration.spellings.compactMap { schedule -> SweepProgress.Best? in
      guard let best = bySchedule[schedule].flatMap({ BestRate.select(from: $0, by: criterion) }) else { return nil }
      return SweepProgress.Best(
        schedule: schedule, learningRate: best.learningRate, meanTrainError: best.meanTrainError)
    }
    return SweepProgress(
      runsDone: min(reusedRunCount + trained, total), runsTotal: total, runsTrained: trained, secondsElapsed: elapsed,
      // Less than a fiftieth of the estimated speed is too little to extrapolate from.
      secondsLeft: elapsed > 0.5 && worked > 0.02 * elapsed ? elapsed * costLeft / worked : nil,
      fraction: costDone + costLeft > 0 ? costDone / (costDone + costLeft) : 1,
      problem: current?.keys.problem.name ?? "", optimizer: current?.keys.optimizer.spelling ?? "",
      condition: current?.condition.description(on: configuration.axes) ?? "", best: best,
      smallestLosses: searched)
  }
}
