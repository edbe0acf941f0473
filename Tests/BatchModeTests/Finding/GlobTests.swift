import Testing
import Upscale

@testable import BatchMode

@Suite struct GlobTests {
  @Test(
    "Patterns fit what shells' patterns fit",
    arguments: [
      ("*.jpg", "a.jpg", true), ("*.jpg", "deep/er/a.jpg", true), ("*.jpg", "a.JPG", false),
      ("*.jpg", "a.jpg.png", false), ("a?c.png", "abc.png", true), ("a?c.png", "aéc.png", true),
      ("a?c.png", "ac.png", false), ("[a-c]*", "b.png", true), ("[!a-c]*", "b.png", false),
      ("[!a-c]*", "d.png", true), ("[]x]", "]", true), ("raw/*", "raw/a.png", true),
      ("raw/*", "raw/b/a.png", false), ("raw/**", "raw/b/a.png", true),
      ("**/raw/*.png", "raw/a.png", true), ("**/raw/*.png", "x/y/raw/a.png", true),
      ("**/raw/*.png", "x/draw/a.png", false), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true),
      ("a/**/b", "a/xb", false), ("\\*", "*", true), ("\\*", "a", false), ("*", "", true),
      ("[", "[", true), ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-b-b", false),
    ])
  func matches(pattern: String, path: String, expected: Bool) {
    #expect(Glob(pattern).matches(BytePath(path)) == expected)
  }

  @Test("Many stars do not take for ever")
  func manyStars() {
    let glob = Glob(String(repeating: "a*", count: 60) + "b")
    #expect(!glob.matches(BytePath(String(repeating: "a", count: 5000))))
  }

  @Test("Bytes that are no UTF-8 are characters of their own")
  func invalidBytes() {
    #expect(Glob("a?b").matches(BytePath(bytes: [0x61, 0xFF, 0x62])))
    #expect(Glob("*").matches(BytePath(bytes: [0xFF, 0xFE])))
  }
}
