import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM as a flag that long work asks for. A second signal ends the process at once.
final class Interruption: Sendable {
  private let raised = Atomic<Bool>(false)
  // Set once, kept only so that they stay alive; a source is safe to hold from any thread.
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

  init() {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for source in sources {
      source.setEventHandler { [weak self] in
        guard let self else { return }
        if raised.exchange(true, ordering: .relaxed) { Foundation.exit(ExitStatus.interrupted.rawValue) }
      }
      source.resume()
    }
  }

  var isRaised: Bool { raised.load(ordering: .relaxed) }
}
