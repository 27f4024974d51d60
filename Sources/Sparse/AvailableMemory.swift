#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes that this process may still allocate before the machine or its control group runs out of memory; an estimate.
func availableMemory() -> Int {
  #if os(Linux)
    var available = Int.max
    if let text = smallFile("/proc/meminfo"),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    {
      available = kilobytes * 1024
    }
    if let limit = smallFile("/sys/fs/cgroup/memory.max").flatMap({ Int($0.filter(\.isNumber)) }),
      let current = smallFile("/sys/fs/cgroup/memory.current").flatMap({ Int($0.filter(\.isNumber)) })
    {
      available = min(available, max(0, limit - current))
    }
    if available < Int.max { return available }
  #endif
  return Int(sysconf(CInt(_SC_PHYS_PAGES))) * Int(sysconf(CInt(_SC_PAGESIZE)))
}

/// The first 4 KB of a file that the operating system makes up; nil where there is none.
func smallFile(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 4096)
  let count = fread(&bytes, 1, bytes.count, file)
  return String(decoding: bytes[..<count], as: UTF8.self)
}
