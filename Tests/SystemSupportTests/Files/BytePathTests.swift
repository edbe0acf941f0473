import Glibc
import Testing

@testable import SystemSupport

@Suite("Names as bytes")
struct BytePathTests {
  /// Valid, invalid, and what stands for the invalid.
  static let names: [[UInt8]] = [
    [], Array("plain.png".utf8), Array("Ünï-日本 😀".utf8), [0xE9], [0x63, 0xE9, 0x2E, 0x70],
    Array(0x80...0xFF), [0xC3], [0xE2, 0x82], [0xF4, 0x8F, 0xBE, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    [0xF4, 0x8F, 0xBF, 0xA9, 0xE9], [0xF4, 0x90, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xC0, 0xAF],
    Array("e\u{301}".utf8), Array("é".utf8), Array("\u{10FF7F}\u{FFFD}".utf8), [0x0A, 0x1B, 0x7F],
  ]

  @Test("a path comes back from its text as it was", arguments: names)
  func roundTrip(name: [UInt8]) {
    let path = BytePath(bytes: name)
    #expect(BytePath(path.encoded).bytes == name)
    // Valid texts stand for themselves, in whatever form their accents are.
    if String(validating: name, as: UTF8.self) != nil, !name.contains(0xF4) {
      #expect(Array(path.encoded.utf8) == name)
    }
  }

  @Test("no two of them read alike, nor does any name another file's repaired name")
  func distinct() {
    let texts = Self.names.map { Array(BytePath(bytes: $0).encoded.utf8) }
    #expect(Set(texts).count == Self.names.count)
    #expect(
      !texts.dropLast(2).contains { String(decoding: $0, as: UTF8.self).contains("\u{FFFD}") })
  }

  @Test("bytes and characters that are not seen are shown as escape sequences")
  func shown() {
    for (name, text) in [
      ([0x63, 0xE9] as [UInt8], #"c\xe9"#), ([0x0A, 0x0D, 0x09, 0x1B, 0x7F], #"\n\r\t\x1b\x7f"#),
      (Array("a\u{202E}b\u{2066}\u{2028}\u{85}".utf8), #"a\u202eb\u2066\u2028\u0085"#),
      (Array("日本 é 👩‍🚀".utf8), "日本 é 👩‍🚀"), ([0xF4, 0x8F, 0xBF, 0xA9], #"\xf4\x8f\xbf\xa9"#),
    ] {
      #expect(BytePath(bytes: name).text == text)
      #expect(visible(text) == text)
    }
  }

  @Test("a failure is that of the call, whatever came after it")
  func failure() {
    let path = BytePath("/nowhere/at/all")
    do throws(SystemFailure) {
      try path.call { name in
        let result = unlink(name)
        return result
      }
      Issue.record("there is no such file")
    } catch {
      #expect(error.code == ENOENT)
    }
    #expect(throws: SystemFailure(ENOTDIR)) { try BytePath("/dev/null/x").examine() }
    #expect(throws: SystemFailure(EBADF)) { try systemCall { close(-1) } }
  }
}
