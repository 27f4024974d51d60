/// Estimate of the bytes that this process can still allocate before it hits the machine's memory, the limit of one of its
/// control groups, or its address space limit.
public func availableMemory() -> Int {
  var available = Int(sysconf(CInt(_SC_PHYS_PAGES))) * Int(sysconf(CInt(_SC_PAGESIZE)))
  #if os(Linux)
    func kilobytes(_ text: String?, _ key: String) -> Int? {
      text?.split(separator: "\n").first { $0.hasPrefix(key) }?.split(whereSeparator: \.isWhitespace).dropFirst().first
        .flatMap { Int($0) }.map { $0 * 1024 }
    }
    if let machine = kilobytes(smallFile("/proc/meminfo"), "MemAvailable:") { available = machine }
    for group in controlGroups() {
      guard let limit = number(in: group + "/memory.max"), let current = number(in: group + "/memory.current") else { continue }
      // The page cache is reclaimable.
      let reclaimable = smallFile(group + "/memory.stat").map { text in
        ["inactive_file", "active_file"].reduce(0) { $0 + (kilobytes(text, $1 + " ") ?? 0) / 1024 }
      }
      available = min(available, max(0, limit - current + (reclaimable ?? 0)))
    }
    var addresses = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &addresses) == 0, addresses.rlim_cur < rlim_t(Int.max),
      let used = kilobytes(smallFile("/proc/self/status"), "VmSize:")
    {
      available = min(available, max(0, Int(addresses.rlim_cur) - used))
    }
  #endif
  return available
}

#if os(Linux)
  private func number(in path: String) -> Int? {
    smallFile(path).flatMap { Int($0.prefix(while: \.isNumber)) }
  }
#endif
