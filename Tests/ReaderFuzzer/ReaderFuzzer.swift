import CZlib
import Glibc

@testable import Sparse

/// libFuzzer calls this with inputs that it makes up: `make fuzz SECONDS=600`.
///
/// Reads one input in two ways, or one number, and traps where the outcomes differ. The first bytes say how; see `Plan`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: bytes, count: count)
  guard let plan = Plan(input) else { return 0 }
  let text = Array(input[Plan.byteCount...])
  switch plan.form {
  case .number: checkNumber(text)
  case .plain: checkPlain(text, plan)
  case .gzip: checkGzip(text, plan)
  }
  return 0
}

/// What to do with an input, from its first bytes.
struct Plan {
  enum Form { case plain, gzip, number }

  static let byteCount = 4
  let form: Form
  let indexBase: IndexBase?
  let chunkSize: Int
  /// Where a gzip stream is damaged, if it is: bits to flip and the place, in 256ths of the length.
  let damage: (bits: UInt8, place: Int)

  init?(_ input: UnsafeBufferPointer<UInt8>) {
    guard input.count >= Self.byteCount else { return nil }
    form = [.plain, .plain, .gzip, .number][Int(input[0] & 3)]
    indexBase = [nil, .zero, .one, nil][Int(input[0] >> 2 & 3)]
    chunkSize = [1, 3 + Int(input[1]), 64, TextChunk.size][Int(input[0] >> 4 & 3)]
    damage = (input[2], Int(input[3]))
  }
}

/// The vector path in chunks of any size finds what the byte loop finds in one piece.
private func checkPlain(_ text: [UInt8], _ plan: Plan) {
  let expected = outcome(text, indexBase: plan.indexBase, usesVectors: false, chunkSize: TextChunk.size)
  let found = outcome(text, indexBase: plan.indexBase, usesVectors: true, chunkSize: plan.chunkSize)
  precondition(found == expected, "the vector path and the byte loop differ")
}

/// An intact gzip stream gives what its text gives; a damaged one gives the same, or an error.
private func checkGzip(_ text: [UInt8], _ plan: Plan) {
  let whole = stored(text[...])
  if plan.damage.bits == 0 {
    // Two members, split anywhere, are one text.
    let split = text.count * plan.damage.place / 256
    let bytes = split > 0 ? stored(text[..<split]) + stored(text[split...]) : whole
    let expected = outcome(text, indexBase: plan.indexBase, usesVectors: true, chunkSize: TextChunk.size)
    let found = outcome(bytes, indexBase: plan.indexBase, usesVectors: true, chunkSize: plan.chunkSize)
    precondition(found == expected, "a gzip stream and its text differ")
    return
  }
  var bytes = whole
  let place = 2 + (bytes.count - 2) * plan.damage.place / 256
  if plan.damage.bits == 0xFF { bytes.removeSubrange(place...) } else { bytes[place] ^= plan.damage.bits }
  _ = outcome(bytes, indexBase: plan.indexBase, usesVectors: true, chunkSize: plan.chunkSize)
}

/// Every number has the bits that the C library gives it.
private func checkNumber(_ text: [UInt8]) {
  text.withUnsafeBufferPointer { bytes in
    guard let number = DecimalNumber(prefixOf: bytes) else { return }
    let terminated = bytes[..<number.text.count].map { CChar(bitPattern: $0) } + [0]
    precondition(number.float.bitPattern == strtof(terminated, nil).bitPattern, "a Float is not that of strtof")
    precondition(number.double.bitPattern == strtod(terminated, nil).bitPattern, "a Double is not that of strtod")
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

private func outcome(_ bytes: [UInt8], indexBase: IndexBase?, usesVectors: Bool, chunkSize: Int) -> Outcome {
  // The limit spares asking the operating system.
  var options = ReadingOptions(
    indexBase: indexBase, threads: 1, computesChecksum: false, usesVectors: usesVectors, memoryLimit: 1 << 30)
  options.chunkSize = chunkSize
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
