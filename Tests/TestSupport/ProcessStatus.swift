public import Foundation

/// What the kernel says of a process in `/proc/PID/status`.
public struct ProcessStatus {
  private let fields: [String: String]

  /// - Throws: what reading a file can end in; the process may be gone.
  public init(_ process: pid_t) throws {
    let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    var fields: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    self.fields = fields
  }

  /// The value of a field, such as "Seccomp".
  public subscript(name: String) -> String? { fields[name] }
}
