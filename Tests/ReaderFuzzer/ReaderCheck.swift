import CZlib
import Platform

@testable import Sparse

/// Reads one input, or the numbers in it, in two ways, and traps where the outcomes differ. `Plan` says which.
func checkReading(_ input: UnsafeBufferPointer<UInt8>) {
  guard let plan = Plan(input) else { return }
  let text = Array(input[Plan.byteCount...])
  switch plan.form {
  case .numbers: checkNumbers(text)
  case .rows: checkRows(text, plan)
  case .plain: checkPlain(text, plan)
  case .gzip: checkGzip(text, plan)
  }
}

/// What to do with an input.
struct Plan {
  enum Form { case plain, gzip, numbers, rows }

  static let byteCount = 4
  let form: Form
  let indexBase: IndexBase?
  /// Bytes of a stream's block, and of the least range.
  let partSize: Int
  /// Often 1: several take longer than reading.
  let threads: Int
  /// How a gzip stream is damaged, if it is: bits to flip (all of them: it is cut) and the place, in 256ths of the length.
  let damage: (bits: UInt8, place: Int)

  /// nil where there are not enough bytes.
  init?(_ input: UnsafeBufferPointer<UInt8>) {
    guard input.count >= Self.byteCount else { return nil }
    // By a hash (FNV-1a), so that libFuzzer's preference for inputs that do much leaves the proportions as they are: most inputs are
    // for what is error-prone and takes the least time.
    let hash = input.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    form =
      switch hash >> 16 & 31 {
      case 0: .plain
      case 1: .gzip
      case 2, 3: .numbers
      default: .rows
      }
    indexBase = [nil, .zero, .one, nil][Int(input[0] >> 4 & 3)]
    partSize = [1, 3 + Int(input[1]), 64, 1 << 20][Int(input[0] >> 6 & 3)]
    threads = hash >> 21 & 3 == 0 ? 3 : 1
    damage = (input[2], Int(input[3]))
  }
}

/// The vector path in ranges of any size finds what the byte loop finds in one piece.
private func checkPlain(_ text: [UInt8], _ plan: Plan) {
  let expected = outcome(text, indexBase: plan.indexBase, usesVectors: false)
  let found = outcome(text, indexBase: plan.indexBase, usesVectors: true, partSize: plan.partSize, threads: plan.threads)
  precondition(found == expected, "the vector path and the byte loop differ")
}

/// What the vector path takes, the byte loop takes and finds the same in it; what it refuses, it leaves as it was.
private func checkRows(_ text: [UInt8], _ plan: Plan) {
  guard !text.isEmpty else { return }
  let lines = text.last == UInt8(ascii: "\n") ? text : text + [UInt8(ascii: "\n")]
  let padded = lines + [UInt8](repeating: 0, count: VectorLoop.readBehind)
  padded.withUnsafeBufferPointer { padded in
    let chunk = UnsafeBufferPointer(rebasing: padded[..<lines.count])
    let byteLoop = ByteLoop(indexBase: plan.indexBase)
    let expected = ParsedRows(chunk)
    byteLoop.parse(chunk, into: &expected.rows, labels: &expected.labels)
    let vectorLoop = VectorLoop(indexBase: plan.indexBase)
    let found = ParsedRows(chunk)
    let isTaken = vectorLoop.parse(chunk, readableBefore: 0, into: &found.rows, labels: &found.labels)
    let isRight =
      isTaken
      ? found.hasRows(of: expected) && found.labels.labels == expected.labels.labels
        && found.labels.firstFractionLine == expected.labels.firstFractionLine
      : found.hasRows(of: ParsedRows(chunk))
    precondition(isRight, "the vector path and the byte loop differ")
  }
}

/// Rows of a text, in exactly as much memory as it may need, so that the sanitizer finds what is written beyond.
private final class ParsedRows {
  var rows: RangeRows
  var labels = LabelTable()
  private let memory: RowMemory

  init(_ text: UnsafeBufferPointer<UInt8>) {
    let room = ByteCounts(text)
    memory = RowMemory(
      columns: .allocate(capacity: room.colons), values: .allocate(capacity: room.colons),
      rowEnds: .allocate(capacity: room.newlines), labelCodes: .allocate(capacity: room.newlines))
    let place = RangeRows.Place(entry: 0, entries: room.colons, row: 0, rows: room.newlines)
    rows = RangeRows(memory, place, firstLine: 1, thread: 0, file: "input")
  }

  deinit {
    memory.columns.deallocate()
    memory.values.deallocate()
    memory.rowEnds.deallocate()
    memory.labelCodes.deallocate()
  }

  func hasRows(of other: ParsedRows) -> Bool {
    let (a, b) = (rows, other.rows)
    return a.entryCount == b.entryCount && a.rowCount == b.rowCount && a.lineCount == b.lineCount
      && a.errors.count == b.errors.count && a.queryRowCount == b.queryRowCount && a.smallestColumn == b.smallestColumn
      && a.largestColumn == b.largestColumn && memcmp(a.columns, b.columns, a.entryCount * 4) == 0
      && memcmp(a.values, b.values, a.entryCount * 4) == 0 && memcmp(a.rowEnds, b.rowEnds, a.rowCount * 8) == 0
      && memcmp(a.labelCodes, b.labelCodes, a.rowCount * 4) == 0
  }
}

/// An intact gzip stream gives what its text gives; a damaged one gives the same, or an error.
private func checkGzip(_ text: [UInt8], _ plan: Plan) {
  let whole = stored(text[...])
  if plan.damage.bits == 0 {
    // Two members, split anywhere, are one text.
    let split = text.count * plan.damage.place / 256
    let bytes = split > 0 ? stored(text[..<split]) + stored(text[split...]) : whole
    let expected = outcome(text, indexBase: plan.indexBase, usesVectors: true)
    let found = outcome(bytes, indexBase: plan.indexBase, usesVectors: true, partSize: plan.partSize, threads: plan.threads)
    precondition(found == expected, "a gzip stream and its text differ")
    return
  }
  var bytes = whole
  let place = 2 + (bytes.count - 2) * plan.damage.place / 256
  if plan.damage.bits == 0xFF { bytes.removeSubrange(place...) } else { bytes[place] ^= plan.damage.bits }
  _ = outcome(bytes, indexBase: plan.indexBase, usesVectors: true, partSize: plan.partSize, threads: plan.threads)
}

/// Every number has the bits that the C library gives it.
private func checkNumbers(_ text: [UInt8]) {
  for token in text.split(whereSeparator: { $0 <= 0x20 || $0 == UInt8(ascii: ":") }) {
    token.withUnsafeBufferPointer { bytes in
      guard let number = DecimalNumber(prefixOf: bytes) else { return }
      let terminated = bytes[..<number.text.count].map { CChar(bitPattern: $0) } + [0]
      precondition(number.float.bitPattern == strtof(terminated, nil).bitPattern, "a Float is not that of strtof")
      precondition(number.double.bitPattern == strtod(terminated, nil).bitPattern, "a Double is not that of strtod")
    }
  }
}

private struct Outcome: Equatable {
  var rowOffsets: [Int] = []
  var columns: [Int32] = []
  var valueBits: [UInt32] = []
  var classes: [Int32] = []
  var labels: [Double] = []
  var indexBase: IndexBase?
  var queryRows = 0
  var errors: ReadingFailure?
}

private func outcome(
  _ bytes: [UInt8], indexBase: IndexBase?, usesVectors: Bool, partSize: Int = 1 << 20, threads: Int = 1
) -> Outcome {
  // The limit spares asking the operating system.
  var options = ReadingOptions(
    indexBase: indexBase, threads: threads, computesChecksum: false, usesVectors: usesVectors, memoryLimit: 1 << 30)
  options.blockSize = partSize
  options.leastRangeSize = partSize
  do throws(ReadingFailure) {
    let file = try LIBSVMReader.read(bytes: bytes, name: "input", options: options)
    let matrix = file.data.matrix
    return Outcome(
      rowOffsets: matrix.rowOffsets, columns: matrix.columns, valueBits: matrix.values.map(\.bitPattern),
      classes: file.data.classes, labels: file.data.classLabels, indexBase: file.indexBase, queryRows: file.queryRowCount)
  } catch {
    return Outcome(errors: error)
  }
}

/// A gzip member of uncompressed blocks.
private func stored(_ text: ArraySlice<UInt8>) -> [UInt8] {
  var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
  var rest = text
  repeat {
    let block = rest.prefix(0xFFFF)
    rest = rest.dropFirst(block.count)
    let length = UInt16(block.count)
    bytes += [rest.isEmpty ? 1 : 0] + littleEndian(UInt32(length) | UInt32(~length) << 16) + block
  } while !rest.isEmpty
  let checksum = text.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) }
  return bytes + littleEndian(UInt32(truncatingIfNeeded: checksum)) + littleEndian(UInt32(truncatingIfNeeded: text.count))
}

private func littleEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
