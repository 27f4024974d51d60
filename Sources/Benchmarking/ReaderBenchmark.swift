import CZlib
import Dispatch
import Platform
import SIMDShims
import Sparse
import Synchronization

/// Measures the reader: wall time of whole reads from the page cache into new arrays; large ones, from about a megabyte, use
/// memory fresh from the operating system.
public enum ReaderBenchmark {
  /// Results for one text.
  public struct Timing: Sendable, Codable {
    public var problem: String
    /// Size of the uncompressed text.
    public var bytes: Int
    /// Megabytes (10^6 bytes) of text per second; medians.
    public var megabytesPerSecond: Double
    public var megabytesPerSecondTwoThreads: Double
    /// Speedup of two threads over one.
    public var twoThreadSpeedup: Double
    /// Throughput of two independent single-threaded readers, each reading the whole text, relative to one: the limit set by
    /// the machine. nil if there is not enough memory to hold the rows twice.
    public var twoReaderSpeedup: Double?
    /// Peak of anonymous memory while reading with two threads, sampled every half millisecond, divided by the size of the
    /// finished arrays; nil if the operating system does not report it.
    public var peakMemoryRatio: Double?
    /// Anonymous memory at that peak, in bytes.
    public var peakMemory: Int?
    /// Size of the finished arrays in bytes.
    public var arrayBytes: Int
    /// For the text compressed by zlib at its default level: wall time of reading it, relative to a loop that only calls
    /// `inflate`; nil if not measured.
    public var gzipTimeRatio: Double?
    /// Output of that loop in megabytes per second.
    public var inflateMegabytesPerSecond: Double?
  }

  /// Why a text was not measured.
  public struct Skipped: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// Measures a synthetic text through an unlinked temporary file, so that nothing is left however the process ends.
  ///
  /// - Parameters:
  ///   - text: the text to measure.
  ///   - repetitions: number of measurements for the median, at least 1.
  /// - Throws: `Skipped` if memory or disk space is short; `ReadingFailure`.
  public static func time(_ text: MadeUpText, repetitions: Int = 5) throws -> Timing {
    if text == .gigabyte, availableMemory() < 4 << 30 {
      throw Skipped(description: "\(text.rawValue): not measured: less than 4 GB of memory are available")
    }
    let file = try TemporaryFile()
    try text.write { try file.append(UnsafeRawBufferPointer($0)) }
    return try time(
      path: file.path, name: text.rawValue, repetitions: text == .gigabyte ? min(repetitions, 3) : repetitions,
      withGzip: text != .gigabyte)
  }

  /// Measures a file.
  ///
  /// - Parameters:
  ///   - path: path of the file.
  ///   - name: name in the result.
  ///   - repetitions: number of measurements for the median, at least 1; more if they take less than two seconds.
  ///   - withGzip: whether to measure the text compressed with gzip too.
  /// - Throws: `ReadingFailure`, and `Skipped` if disk space for a temporary file is short.
  public static func time(path: String, name: String, repetitions: Int = 5, withGzip: Bool = true) throws -> Timing {
    let (bytes, arrayBytes) = try sizes(path)
    @Sendable func read(threads: Int) throws -> Double {
      try block { try LIBSVMReader.read(path: path, options: ReadingOptions(threads: threads, computesChecksum: false)) }
    }
    var measured = [{ try read(threads: 1) }, { try read(threads: 2) }]
    // Each reader checks available memory as if it were alone, and needs up to one and a half times the arrays.
    if 3 * arrayBytes < availableMemory() { measured.append { try twice { try read(threads: 1) } } }
    let times = try rounds(repetitions, measured)
    let one = times[0]
    // Repeated, because the sampler sees little of a short read.
    let memory = try peakMemory {
      try repeatedly(1, for: .seconds(1)) {
        return_freed_memory()
        _ = try LIBSVMReader.read(path: path, options: ReadingOptions(threads: 2))
      }
    }
    var timing = Timing(
      problem: name, bytes: bytes, megabytesPerSecond: Double(bytes) / 1e6 / median(one),
      megabytesPerSecondTwoThreads: Double(bytes) / 1e6 / median(times[1]), twoThreadSpeedup: medianRatio(one, times[1]),
      twoReaderSpeedup: times.count > 2 ? 2 * medianRatio(one, times[2]) : nil,
      peakMemoryRatio: memory.map { Double($0) / Double(arrayBytes) }, peakMemory: memory, arrayBytes: arrayBytes)
    if withGzip {
      let (ratio, seconds) = try gzipTimeRatio(path, repetitions)
      timing.gzipTimeRatio = ratio
      timing.inflateMegabytesPerSecond = Double(bytes) / 1e6 / seconds
    }
    return timing
  }

  private static func sizes(_ path: String) throws -> (bytes: Int, arrayBytes: Int) {
    let file = try LIBSVMReader.read(path: path)
    return (file.byteCount, file.data.arrayBytes)
  }

  /// Seconds per run of each body, interleaved. Short measurements are easily disturbed, and the speed of a shared machine
  /// drifts over seconds; so bodies alternate for at least two seconds, and ratios are taken between neighbours.
  private static func rounds(_ repetitions: Int, _ bodies: [() throws -> Double]) throws -> [[Double]] {
    var seconds = [[Double]](repeating: [], count: bodies.count)
    try repeatedly(repetitions, for: .seconds(2)) {
      for (place, body) in bodies.enumerated() { seconds[place].append(try body()) }
    }
    return seconds
  }

  private static func medianRatio(_ dividends: [Double], _ divisors: [Double]) -> Double {
    median(zip(dividends, divisors).map { $0 / $1 })
  }

  private static func repeatedly(_ repetitions: Int, for duration: Duration, _ body: () throws -> Void) rethrows {
    let start = ContinuousClock.now
    var count = 0
    while count < max(1, repetitions) || ContinuousClock.now - start < duration {
      try body()
      count += 1
    }
  }

  /// Median time of a body repeated for a twentieth of a second, at least once, not counting the time to free its result.
  /// Blocks alternate rather than single reads, because a core that was idle, such as one used only by a second thread, is slow
  /// for some milliseconds.
  private static func block<Result>(_ body: () throws -> Result) rethrows -> Double {
    let start = ContinuousClock.now
    var seconds: [Double] = []
    repeat {
      // Otherwise the allocator would reuse freed memory for the arrays.
      return_freed_memory()
      let before = ContinuousClock.now
      let result = try body()
      seconds.append((ContinuousClock.now - before) / .seconds(1))
      withExtendedLifetime(result) {}
    } while ContinuousClock.now - start < .milliseconds(50)
    return median(seconds)
  }

  /// The mean result of a measurement run on two threads at once.
  private static func twice(_ body: @escaping @Sendable () throws -> Double) throws -> Double {
    let other = Mutex<Result<Double, any Error>?>(nil)
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) {
      let result = Result { try body() }
      other.withLock { $0 = result }
    }
    let own = Result { try body() }
    group.wait()
    return (try own.get() + (other.withLock { $0 } ?? own).get()) / 2
  }

  // MARK: gzip

  private static func gzipTimeRatio(_ path: String, _ repetitions: Int) throws -> (ratio: Double, inflateSeconds: Double) {
    let compressed = try TemporaryFile()
    try compress(path, into: compressed)
    let times = try rounds(
      repetitions,
      [
        { try block { try inflateOnly(compressed.path) } },
        { try block { try LIBSVMReader.read(path: compressed.path) } },
      ])
    return (medianRatio(times[1], times[0]), median(times[0]))
  }

  private static func compress(_ path: String, into file: TemporaryFile) throws {
    let deflater = try GzipDeflater(name: path) { try file.append($0) }
    try LIBSVMReader.decompress(path: path) { try deflater.append($0) }
    try deflater.finish()
  }

  /// The baseline for gzip: inflates a file and discards the text.
  private static func inflateOnly(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Skipped(description: "\(path): not measured: \(systemErrorMessage())") }
    defer { close(descriptor) }
    let size = 1 << 17
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * size)
    defer { buffer.deallocate() }
    var stream = z_stream()
    inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    defer { inflateEnd(&stream) }
    var status = Z_OK
    while status == Z_OK {
      if stream.avail_in == 0 {
        stream.next_in = buffer.baseAddress
        stream.avail_in = uInt(max(0, read(descriptor, buffer.baseAddress, size)))
      }
      stream.next_out = buffer.baseAddress.map { $0 + size }
      stream.avail_out = uInt(size)
      status = inflate(&stream, Z_NO_FLUSH)
    }
  }

  // MARK: Memory

  /// The largest growth of this process's anonymous memory in bytes while `body` runs, sampled every half millisecond; nil if
  /// it cannot be queried.
  private static func peakMemory(_ body: () throws -> Void) rethrows -> Int? {
    return_freed_memory()
    guard let before = anonymousMemory() else {
      try body()
      return nil
    }
    let peak = Peak(before)
    let sampler = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "memory"))
    sampler.schedule(deadline: .now(), repeating: .microseconds(500))
    sampler.setEventHandler { if let memory = anonymousMemory() { peak.note(memory) } }
    sampler.resume()
    defer { sampler.cancel() }
    try body()
    return peak.value - before
  }

  private final class Peak: Sendable {
    private let largest: Atomic<Int>
    init(_ memory: Int) { largest = Atomic(memory) }
    func note(_ memory: Int) { largest.max(memory, ordering: .relaxed) }
    var value: Int { largest.load(ordering: .relaxed) }
  }

  private static func anonymousMemory() -> Int? {
    smallFile("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
      .flatMap { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first }
      .flatMap { Int($0) }.map { $0 * 1024 }
  }
}

extension LabelledSparseData {
  /// Size of all arrays in bytes.
  fileprivate var arrayBytes: Int {
    matrix.nonzeroCount * 8 + matrix.rowOffsets.count * 8 + classes.count * 4 + classLabels.count * 8
  }
}
