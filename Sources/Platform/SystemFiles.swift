/// The first 4 KB of a virtual file such as those in `/proc`; nil if it does not exist.
public func smallFile(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 4096)
  let count = fread(&bytes, 1, bytes.count, file)
  return String(decoding: bytes[..<count], as: UTF8.self)
}

/// The folders of this process's control group and its ancestors, outermost first (Linux, control groups version 2).
func controlGroups() -> [String] {
  let root = "/sys/fs/cgroup"
  let line = smallFile("/proc/self/cgroup")?.split(separator: "\n").first { $0.hasPrefix("0::/") }
  var groups = [root]
  for name in (line ?? "").dropFirst(4).split(separator: "/") { groups.append((groups.last ?? root) + "/" + name) }
  return groups
}
