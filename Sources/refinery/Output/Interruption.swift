import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM as a flag that long computations poll. A second signal ends the process at once.
final class Interruption: Sendable {
  private let raised: Flag
  // Set once, and kept only to stay alive; a source may be held from any thread.
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

  init() {
    let raised = Flag()
    self.raised = raised
    sources = Self.sources {
      if raised.value.exchange(true, ordering: .relaxed) { Foundation.exit(ExitStatus.interrupted.rawValue) }
    }
  }

  /// Sources that, as long as they live, call `handler` at each Ctrl-C or SIGTERM; these no longer end the process.
  static func sources(_ handler: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: handler)
      source.resume()
      return source
    }
  }

  var isRaised: Bool { raised.value.load(ordering: .relaxed) }

  private final class Flag: Sendable {
    let value = Atomic<Bool>(false)
  }
}
