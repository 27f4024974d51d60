import Synchronization

/// The chunks of another source, taken from it by a thread of its own that keeps a few in store.
final class PrefetchedChunks: ChunkSource, @unchecked Sendable {
  private let source: any ChunkSource
  private let monitor = Monitor()
  private var store: [TextChunk] = []
  private var isFinished = false
  private var isCancelled = false
  private var thread: WorkerThread?
  /// Whether a chunk is in store, or none will come.
  private let isReady = Atomic(false)
  private static let storeSize = 6
  /// Whoever sleeps until a chunk comes is woken for so many: to wake a thread takes a good part of the time that a chunk takes to come.
  private static let wakingSize = 2

  init(_ source: any ChunkSource) {
    self.source = source
    thread = WorkerThread { [unowned self] in run() }
  }

  var interruption: (message: String, column: Int)? { source.interruption }
  var failure: ReadingFailure? { source.failure }

  private func run() {
    var isDone = false
    while !isDone {
      let chunk = source.next()
      monitor.locked {
        while store.count >= Self.storeSize, !isCancelled { monitor.wait() }
        if let chunk, !isCancelled { store.append(chunk) } else { isFinished = true }
        isReady.store(true, ordering: .releasing)
        isDone = isFinished
        if isFinished || store.count >= Self.wakingSize { monitor.signal() }
      }
    }
  }

  func next() -> TextChunk? {
    guard thread?.isStarted == true else { return source.next() }
    monitor.wait { isReady.load(ordering: .acquiring) }
    return monitor.locked {
      defer {
        isReady.store(!store.isEmpty || isFinished, ordering: .releasing)
        if store.count < Self.storeSize - Self.wakingSize { monitor.signal() }
      }
      return store.isEmpty ? nil : store.removeFirst()
    }
  }

  /// Ends the thread. Must be called once, after the last `next`.
  func stop() {
    monitor.locked {
      isCancelled = true
      monitor.signal()
    }
    if thread?.isStarted == true { thread?.join() }
  }
}
