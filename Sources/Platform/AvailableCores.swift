/// Number of cores available to this process when first queried, at least 1: limited by its CPU affinity and by the quotas of
/// its control groups.
public let availableCoreCount: Int = {
  var count = Int(sysconf(CInt(_SC_NPROCESSORS_ONLN)))
  #if os(Linux)
    if let allowed = smallFile("/proc/self/status").flatMap(coresAllowed) { count = min(count, allowed) }
    for group in controlGroups() {
      if let cores = smallFile(group + "/cpu.max").flatMap(coresOfQuota) { count = min(count, cores) }
    }
  #endif
  return max(1, count)
}()

/// Number of cores that the CPU affinity allows; nil if unknown.
///
/// - Parameter status: the content of `/proc/self/status`, with a mask of cores in hexadecimal digits and commas.
func coresAllowed(_ status: String) -> Int? {
  guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else { return nil }
  let count = line.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
  return count > 0 ? count : nil
}

/// Number of cores that a quota amounts to, rounded up; nil if there is no quota.
///
/// - Parameter text: the content of a control group's `cpu.max`: quota (microseconds or `max`) and period (microseconds).
func coresOfQuota(_ text: String) -> Int? {
  let numbers = text.split(whereSeparator: \.isWhitespace).map { Int($0) }
  guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
  return (quota + period - 1) / period
}
