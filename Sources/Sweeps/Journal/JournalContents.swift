import Foundation
import Training

/// The contents of a folder's journals, without lines that cannot be trusted.
struct JournalContents {
  struct Place: Hashable, CustomStringConvertible {
    /// Name within the folder.
    let file: String
    /// Counts from 1.
    let line: Int
    var description: String { "\(file):\(line)" }
  }

  struct BadLine: Hashable {
    let place: Place
    let reason: String
  }

  struct Detail {
    let line: DetailLine
    let place: Place
  }

  var runs: [String: RunRecord] = [:]
  var refinements: [String: Refinement] = [:]
  var traces: [String: TraceRecord] = [:]
  var bestFound: [String: Found] = [:]
  var optima: [String: Optimum] = [:]
  /// The operations within which no optimum was found.
  var boundsWithoutOptimum: [String: Double] = [:]
  /// Plans and sessions, and the protocols and problems of older journals, in the order of files and lines.
  var history: [Detail] = []
  var badLines: [BadLine] = []
  private var places: [String: Place] = [:]

  struct Refinement: Hashable {
    var record: RefinementRecord
    /// nil if there is no refined schedule.
    var digest: String?
  }

  struct Found: Hashable {
    var record: BestFoundRecord
    /// nil if nothing was found.
    var digest: String?
  }

  static let runsSuffix = ".jsonl"
  static let detailsSuffix = ".ndjson"
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init() {}

  /// Reads every journal of a folder, in ascending order of names; a folder that does not exist counts as empty.
  ///
  /// - Throws: `JournalError.cannotRead`, `.disagreement`.
  init(folder: String) throws {
    for file in try JournalContents.files(in: folder) {
      let path = folder + "/" + file
      guard let bytes = FileManager.default.contents(atPath: path) else {
        throw JournalError.cannotRead(path: path, reason: "it cannot be opened")
      }
      try read(bytes, file: file)
    }
  }

  static func files(in folder: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    do {
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      return files.filter { $0.hasSuffix(runsSuffix) || $0.hasSuffix(detailsSuffix) }.sorted()
    } catch {
      throw JournalError.cannotRead(path: folder, reason: reason(of: error))
    }
  }

  /// Reads the lines of one file; CRLF line ends are accepted.
  mutating func read(_ bytes: Data, file: String) throws {
    let decoder = DetailLine.decoder()
    let isDetails = file.hasSuffix(JournalContents.detailsSuffix)
    for (index, whole) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let place = Place(file: file, line: index + 1)
      if whole.isEmpty, whole.endIndex == bytes.endIndex { continue }
      var line = whole
      if index == 0, line.starts(with: JournalContents.byteOrderMark) { line = line.dropFirst(3) }
      if line.last == 0x0D { line = line.dropLast() }
      if let fault = JournalLine.fault(in: line) {
        badLines.append(BadLine(place: place, reason: fault))
        continue
      }
      do {
        if isDetails {
          take(try decoder.decode(DetailLine.self, from: line), at: place)
        } else {
          try take(try decoder.decode(RunRecord.self, from: line), at: place)
        }
      } catch let error as DecodingError {
        badLines.append(BadLine(place: place, reason: "it is not a record: \(error)"))
      }
    }
  }

  mutating func take(_ run: RunRecord, at place: Place) throws {
    if let known = runs[run.key], !known.agrees(with: run) {
      throw JournalError.disagreement(
        key: run.key, first: "\(place)", second: places[run.key].map { "\($0)" } ?? "this sweep")
    }
    runs[run.key] = runs[run.key].map { run.united(with: $0) } ?? run
    places[run.key] = place
  }

  mutating func take(_ detail: DetailLine, at place: Place) {
    switch detail.content {
    case .refinement(let record, let digest): refinements[detail.key] = Refinement(record: record, digest: digest)
    case .bestFound(let record, let digest): bestFound[detail.key] = Found(record: record, digest: digest)
    case .trace(let record): traces[detail.key] = record
    case .optimum(let record): optima[detail.key] = record
    case .noOptimum(let bound): boundsWithoutOptimum[detail.key] = max(bound, boundsWithoutOptimum[detail.key] ?? 0)
    case .plan, .protocol, .problem, .session: history.append(Detail(line: detail, place: place))
    }
  }
}

/// The system's text for an error: "No space left on device".
func reason(of error: any Error) -> String {
  let error = error as NSError
  if error.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(error.code))) }
  if let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError, underlying.domain == NSPOSIXErrorDomain {
    return String(cString: strerror(Int32(underlying.code)))
  }
  return error.localizedDescription
}
