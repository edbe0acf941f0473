import Foundation
import SystemSupport
import Testing

@testable import BatchMode

@Suite struct JSONLineTests {
  @Test("What is written is read again, names of any bytes included")
  func roundTrip() {
    var line = JSONLine()
    line.add("text", "a \"quote\", a \\, a\nline, a \u{7F}, é, 日本, 😀")
    line.add("bytes", [0x61, 0xFF, 0xC3, 0x28, 0x80, 0x00])
    line.add("integer", -12)
    line.add("number", 0.25)
    line.add("infinite", Double.infinity)
    let read = JSONLine(parsing: Array(line.text.utf8))
    #expect(read == line)
    #expect(read?.bytes("bytes") == [0x61, 0xFF, 0xC3, 0x28, 0x80, 0x00])
    #expect(read?.integer("integer") == -12)
    #expect(read?.number("integer") == -12)
    #expect(!line.text.contains("\n"))
  }

  @Test("What it writes is JSON to others")
  func foreignReader() throws {
    var line = JSONLine()
    line.add("a", "x\u{1B}\t\u{85}\"")
    let object = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: String]
    #expect(object == ["a": "x\u{1B}\t\u{85}\""])
  }

  @Test("Escapes of others are understood")
  func escapes() {
    let line = JSONLine(
      parsing: Array(#" { "a" : "\u00e9\ud83d\ude00\/\b\f" , "b":true, "c" : null } "#.utf8))
    #expect(line?.string("a") == "é😀/\u{8}\u{C}")
    #expect(line?["b"] == .boolean(true))
    #expect(line?["c"] == .null)
  }

  @Test(
    "Lines that are torn, or no flat object, are nil",
    arguments: [
      "", "{", "{\"a\":1", "{\"a\":\"x", "{\"a\":\"x\\", "{\"a\":\"\\u12", "{\"a\":\"\\ud83d\"}",
      "{\"a\":[1]}", "{\"a\":}", "{\"a\" 1}", "{\"a\":1}{", "[]", "nonsense", "{\"a\":1,}",
    ])
  func torn(text: String) {
    #expect(JSONLine(parsing: Array(text.utf8)) == nil)
  }
}
