import FakeBotAPI
import Testing

/// The server's own reading and writing of JSON.
@Suite struct JSONTests {
  @Test("what is written is read again") func roundTrip() {
    let value: JSON = [
      "a": [1, -5, 2.5, true, false, nil], "é\"\\\n\u{1}": "\u{1F408}/",
      "large": 4_503_599_627_370_496, "empty": [:], "list": [],
    ]
    #expect(JSON(text: value.text) == value)
    #expect(value.text.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test(
    "what is no JSON is not read",
    arguments: [
      "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "+1", "'a'", "\"\n\"", "\"\\x\"", "\"\\ud83d\"",
      "nul", "[1] 2", "{\"a\":1,\"a\":2}", "{a:1}", "-",
    ])
  func refusals(text: String) {
    #expect(JSON(text: text) == nil)
  }

  @Test("what is JSON is read") func readings() {
    #expect(JSON(text: " [ 1e2 , \"\\ud83d\\udc08\\/\" ] ") == [100.0, "\u{1F408}/"])
    #expect(JSON(text: "-0") == 0)
    #expect(JSON(text: String(repeating: "[", count: 100_000)) == nil)
  }
}
