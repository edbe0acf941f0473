import Foundation
import Glibc
import SystemSupport
import TestSupport
import Testing

@Suite struct AddressSpaceTests {
  /// Bytes after a name in /proc/self/status.
  private static func status(_ name: String) throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name) })
    return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1])) << 10
  }

  /// Mapping the largest possible block would show it, too, but while that is mapped, no other thread of the
  /// process can get memory.
  @Test(
    "What a limit on address space leaves is told without taking it",
    .disabled(if: Sanitizer.isOn, "shadow memory is larger than any limit"))
  func withoutMapping() throws {
    let limit = 1 << 40
    try #require(try Self.status("VmPeak:") < limit / 4)
    var old = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    try #require(getrlimit(resource, &old) == 0)
    // The limit leaves so much that other tests, which run at the same time, are not affected.
    var new = old
    new.rlim_cur = min(old.rlim_max, rlim_t(limit))
    try #require(setrlimit(resource, &new) == 0)
    defer { setrlimit(resource, &old) }

    let left = Machine.addressSpaceLeft()
    let used = try Self.status("VmSize:")
    #expect(abs(left + used - limit) < 1 << 30, "other tests may map and unmap meanwhile")
    #expect(try Self.status("VmPeak:") < limit / 4)
  }
}
