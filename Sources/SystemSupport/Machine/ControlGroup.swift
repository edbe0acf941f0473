/// The control groups that this process is in, from its own to the root: any of them may limit it.
///
/// In a container the process's own group is most often what it sees as the root; where the names in
/// `/proc/self/cgroup` are not to be found under the mount, the root alone is looked at.
struct ControlGroup {
  /// Folders of version 2's only hierarchy, or of one controller of version 1.
  let folders: [String]
  let isVersion2: Bool

  /// - Parameters:
  ///   - controller: "memory" or "cpu".
  ///   - memberships: the text of `/proc/self/cgroup`.
  ///   - exists: whether there is such a file.
  init?(controller: String, memberships: String, exists: (String) -> Bool) {
    let lines = memberships.split(separator: "\n").map {
      $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    }.filter { $0.count == 3 }
    let old = lines.first { $0[1].split(separator: ",").contains(Substring(controller)) }
    if let old, exists("/sys/fs/cgroup/\(controller)") {
      isVersion2 = false
      folders = Self.folders(of: old[2], under: "/sys/fs/cgroup/\(controller)", exists)
    } else if exists("/sys/fs/cgroup/cgroup.controllers") {
      isVersion2 = true
      let path = lines.first { $0[0] == "0" && $0[1].isEmpty }?[2] ?? "/"
      folders = Self.folders(of: path, under: "/sys/fs/cgroup", exists)
    } else {
      return nil
    }
  }

  /// A group's folder and all above it, as far as they are there.
  private static func folders(
    of path: Substring, under root: String, _ exists: (String) -> Bool
  ) -> [String] {
    var names = path.split(separator: "/").map(String.init)
    // Groups above the mount are not visible.
    if names.contains("..") { names = [] }
    var folders: [String] = []
    while !names.isEmpty {
      let folder = root + "/" + names.joined(separator: "/")
      if exists(folder) { folders.append(folder) }
      names.removeLast()
    }
    return folders + [root]
  }
}

extension ControlGroup {
  /// Bytes that memory groups still leave; nil where none has a limit. Pages of files that have not been
  /// used lately count as free: the kernel reclaims them first.
  func memoryLeft(_ read: (String) -> String?) -> Int? {
    folders.compactMap { folder -> Int? in
      let names =
        isVersion2
        ? ("memory.max", "memory.current", "inactive_file")
        : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
      guard let limit = Self.number(read("\(folder)/\(names.0)")), limit < 1 << 50 else {
        return nil
      }
      let used = Self.number(read("\(folder)/\(names.1)")) ?? 0
      let idle =
        (read("\(folder)/memory.stat") ?? "").split(separator: "\n")
        .first { $0.hasPrefix(names.2 + " ") }
        .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
      return max(0, limit - max(0, used - idle))
    }.min()
  }

  /// Cores that CPU quotas leave; nil where there are none.
  func coresAllowed(_ read: (String) -> String?) -> Double? {
    folders.compactMap { folder -> Double? in
      let numbers: [Double?]
      if isVersion2 {
        numbers = (read("\(folder)/cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
          .map { Double($0) }
      } else {
        numbers = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map {
          Self.number(read("\(folder)/\($0)")).map(Double.init)
        }
      }
      guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0,
        period > 0
      else { return nil }
      return quota / period
    }.min()
  }

  private static func number(_ text: String?) -> Int? {
    text.flatMap { $0.split(whereSeparator: \.isWhitespace).first }.flatMap { Int($0) }
  }
}
