/// A report before it is written as Markdown or HTML: a list of blocks.
///
/// All text is plain, and the writers escape it; only paragraphs and findings are `Markup`. List items may have several lines.
struct Document: Sendable {
  indirect enum Block: Sendable {
    case heading(Int, String)
    case paragraph(String)
    case list([String])
    /// One line of `Markup` each.
    case findings([String])
    case table(Table)
    case figure(Figure)
    case code(String, language: String)
    /// What a reader opens to see, under a summary.
    case folded(String, [Block])
  }

  var blocks: [Block] = []

  /// All tables, folded ones too.
  var tables: [Table] {
    Self.flat(blocks).compactMap { if case .table(let table) = $0 { table } else { nil } }
  }

  var figures: [Figure] {
    Self.flat(blocks).compactMap { if case .figure(let figure) = $0 { figure } else { nil } }
  }

  private static func flat(_ blocks: [Block]) -> [Block] {
    blocks.flatMap { if case .folded(_, let inner) = $0 { flat(inner) } else { [$0] } }
  }
}

/// A figure of the report.
public struct Figure: Sendable {
  /// Without folder or extension: `headline`, `error-against-rate-adam`.
  public let name: String
  /// A description, used as its alternative text and its caption.
  public let caption: String
  public let svg: String
  /// Those drawn, for the styles of a page that holds several figures.
  let columns: Set<ScheduleColumn>
}
