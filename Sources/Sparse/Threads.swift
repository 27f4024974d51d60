import SIMDShims
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A lock with a condition to wait for.
final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Together about the time that waking a thread takes.
  private static let mostPauses = 4096

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// As `locked`, for a lock that others hold for about as long as waking a thread takes: waits awake at first.
  func lockedSoon<Value>(_ body: () -> Value) -> Value {
    for _ in 0..<Self.mostPauses {
      if pthread_mutex_trylock(mutex) == 0 {
        defer { pthread_mutex_unlock(mutex) }
        return body()
      }
      pause_briefly()
    }
    return locked(body)
  }

  /// Releases the lock until `signal` is called; may return without.
  func wait() { pthread_cond_wait(condition, mutex) }

  /// Waits until a condition holds that changes before `signal`, and may be asked without the lock: at first awake.
  func wait(until holds: () -> Bool) {
    for _ in 0..<Self.mostPauses {
      if holds() { return }
      pause_briefly()
    }
    locked { while !holds() { wait() } }
  }

  func signal() { pthread_cond_broadcast(condition) }
}

/// A thread of the operating system.
final class WorkerThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Whether the body has run and is gone.
  private final class Completion: Sendable {
    let monitor = Monitor()
    let isReached = Atomic(false)
  }

  let isStarted: Bool
  private let body: @Sendable () -> Void
  private let completion = Completion()

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
    isStarted = Self.start { [completion] in
      body()
      completion.isReached.store(true, ordering: .releasing)
      completion.monitor.locked { completion.monitor.signal() }
    }
  }

  /// Starts a thread that nobody waits for.
  ///
  /// - Returns: false where the system gives none.
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let context = Unmanaged.passRetained(Body(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    #if canImport(Darwin)
      var handle: pthread_t?
    #else
      var handle = pthread_t()
    #endif
    let status = pthread_create(
      &handle, &attributes,
      { argument in
        #if canImport(Darwin)
          let pointer: UnsafeMutableRawPointer? = argument
        #else
          let pointer = argument
        #endif
        if let pointer { Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    if status != 0 { context.release() }
    return status == 0
  }

  /// Waits for the end of the body, and runs it here if no thread could be had.
  func join() {
    guard isStarted else { return body() }
    completion.monitor.wait { completion.isReached.load(ordering: .acquiring) }
  }
}
