import Platform
import Sparse

/// Why a results folder cannot be used.
public enum JournalError: Error, Hashable, CustomStringConvertible {
  /// Another process is writing to the folder; `holder` names it.
  case inUse(folder: String, holder: String)
  /// The folder or a file in it cannot be created or opened for writing.
  case cannotCreate(path: String, reason: String)
  /// Writing failed half-way; everything that was durable before is intact.
  case cannotWrite(path: String, reason: String)
  case cannotRead(path: String, reason: String)
  /// Two lines with the same key disagree.
  case disagreement(key: String, first: String, second: String)
  /// Plans to be united differ in more than which problems, schedules and optimizers they name.
  case plansDiffer(folder: String, first: String, second: String, differences: [String])
  case noSuchPlan(folder: String, asked: String, isAmbiguous: Bool, plans: [String])
  /// There is no journal in the folder.
  case empty(folder: String)

  public var description: String {
    switch self {
    case .inUse(let folder, let holder):
      "\(folder.printable): error: another sweep is writing here (\(holder.printable)); wait for it, or give --results another folder"
    case .cannotCreate(let path, let reason): "\(path.printable): error: cannot write here: \(reason)"
    case .cannotWrite(let path, let reason):
      "\(path.printable): error: cannot write: \(reason); the journal is intact, the same command continues where it stopped"
    case .cannotRead(let path, let reason): "\(path.printable): error: cannot read: \(reason)"
    case .disagreement(let key, let first, let second):
      "\(first.printable): error: run \(key) has another result than in \(second.printable); "
        + "one of the two was not made by this program and data"
    case .plansDiffer(let folder, let first, let second, let differences):
      "\(folder.printable): error: plans \(first) and \(second) cannot be united, \(second) has other settings or data: "
        + "\(differences.joined(separator: "; ").printable); expected plans that differ only in which problems, schedules or "
        + "optimizers they name"
    case .noSuchPlan(let folder, let asked, let isAmbiguous, let plans):
      "\(folder.printable): error: \(isAmbiguous ? "several plans begin" : "no plan begins") with '\(asked.printable)'; "
        + "there are:\n" + plans.map(\.printable).joined(separator: "\n")
    case .empty(let folder): "\(folder.printable): error: no journal here (*.jsonl); `refinery sweep` makes one"
    }
  }

  /// The code of sysexits.h: 65 bad data, 66 no such input, 73 cannot create, 74 input or output error.
  public var exitCode: Int32 {
    switch self {
    case .inUse, .cannotCreate: 73
    case .cannotWrite: 74
    case .cannotRead, .empty, .noSuchPlan: 66
    case .disagreement, .plansDiffer: 65
    }
  }
}
