import Foundation
import Training

/// One line of the file beside a journal's runs, which holds everything else that a report needs.
struct DetailLine: Hashable {
  /// For a plan or a session: `PlanRecord.key`, in older journals the protocol's. Otherwise the key of what the line holds.
  var key: String
  var content: Content

  enum Content: Hashable {
    case plan(PlanRecord)
    case session(Session)
    /// With the digest of the refined factors; nil if there are none.
    case refinement(RefinementRecord, digest: String?)
    case trace(TraceRecord)
    /// With the digest of the schedule's factors; nil if nothing was found.
    case bestFound(BestFoundRecord, digest: String?)
    case optimum(Optimum)
    /// The operations after which the search for an optimum ended without one.
    case noOptimum(bound: Double)
    /// From journals written before plans were recorded.
    case `protocol`(ProtocolRecord)
    case problem(ProblemSummary)
  }

  /// A session and its messages. Journals from before plans were recorded lack its time.
  struct Session: Hashable {
    var record: SessionRecord
    /// Shared by the opening and the closing line of a session.
    var identity: String?
    /// When the session began, in seconds since 1970.
    var time: Double?
    /// What the session could not read, and its warnings.
    var warnings: [String] = []
  }

  var isPlan: Bool { if case .plan = content { true } else { false } }
  var session: Session? { if case .session(let session) = content { session } else { nil } }

  /// - Throws: `EncodingError`, which these types never cause.
  func journalLine() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return JournalLine.sealed(String(decoding: try encoder.encode(self), as: UTF8.self))
  }

  static func decoder() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}

extension DetailLine: Codable {
  private enum Kind: String, Codable {
    case plan, session, refinement, trace, optimum, `protocol`, problem
    case bestFound = "best_found"
  }

  private enum CodingKeys: String, CodingKey {
    case kind, key, plan, session, refinement, digest, trace, optimum, bound, `protocol`, problem, time, warnings
    case bestFound = "best_found"
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys) throws -> Value { try values.decode(Value.self, forKey: key) }
    key = try value(.key)
    switch try values.decode(Kind.self, forKey: .kind) {
    case .plan: content = .plan(try value(.plan))
    case .session:
      content = .session(
        Session(
          record: try value(.session), identity: try values.decodeIfPresent(String.self, forKey: .digest),
          time: try values.decodeIfPresent(Double.self, forKey: .time),
          warnings: try values.decodeIfPresent([String].self, forKey: .warnings) ?? []))
    case .refinement:
      content = .refinement(try value(.refinement), digest: try values.decodeIfPresent(String.self, forKey: .digest))
    case .trace: content = .trace(try value(.trace))
    case .bestFound:
      content = .bestFound(try value(.bestFound), digest: try values.decodeIfPresent(String.self, forKey: .digest))
    case .optimum where values.contains(.bound): content = .noOptimum(bound: try value(.bound))
    case .optimum: content = .optimum(try value(.optimum))
    case .protocol: content = .protocol(try value(.protocol))
    case .problem: content = .problem(try value(.problem))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    func encode(_ kind: Kind, _ value: some Encodable, as key: CodingKeys) throws {
      try values.encode(kind, forKey: .kind)
      try values.encode(value, forKey: key)
    }
    try values.encode(key, forKey: .key)
    switch content {
    case .plan(let plan): try encode(.plan, plan, as: .plan)
    case .session(let session):
      try encode(.session, session.record, as: .session)
      try values.encodeIfPresent(session.identity, forKey: .digest)
      try values.encodeIfPresent(session.time, forKey: .time)
      try values.encode(session.warnings, forKey: .warnings)
    case .refinement(let record, let digest):
      try encode(.refinement, record, as: .refinement)
      try values.encodeIfPresent(digest, forKey: .digest)
    case .trace(let record): try encode(.trace, record, as: .trace)
    case .bestFound(let record, let digest):
      try encode(.bestFound, record, as: .bestFound)
      try values.encodeIfPresent(digest, forKey: .digest)
    case .optimum(let record): try encode(.optimum, record, as: .optimum)
    case .noOptimum(let bound): try encode(.optimum, bound, as: .bound)
    case .protocol(let record): try encode(.protocol, record, as: .protocol)
    case .problem(let summary): try encode(.problem, summary, as: .problem)
    }
  }
}

/// A protocol, in journals from before plans were recorded.
struct ProtocolRecord: Codable, Hashable {
  var yaml: String
  /// Refinery's version.
  var version: String
  /// Digests of the factors of schedules that come from a file, by spelling.
  var fileDigests: [String: String]
}
