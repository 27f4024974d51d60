/// Cores that this process could use when it was first asked, at least 1: those that it may be scheduled on, and no more than the quotas
/// of its control groups pay for.
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

/// How many cores a process may be scheduled on; nil where that is not said.
///
/// - Parameter status: the content of `/proc/self/status`, with a mask of the cores in hexadecimal digits and commas.
func coresAllowed(_ status: String) -> Int? {
  guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") }) else { return nil }
  let count = line.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
  return count > 0 ? count : nil
}

/// How many cores a quota pays for, rounded up; nil where there is none.
///
/// - Parameter text: of a control group's `cpu.max`: microseconds, or `max`, in a period of so many.
func coresOfQuota(_ text: String) -> Int? {
  let numbers = text.split(whereSeparator: \.isWhitespace).map { Int($0) }
  guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
  return (quota + period - 1) / period
}
