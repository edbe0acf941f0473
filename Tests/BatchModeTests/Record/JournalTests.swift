import Foundation
import TestSupport
import Testing
import Upscale

@testable import BatchMode

@Suite struct JournalTests {
  private static func output(bytes: Int = 99) -> JournalOutput {
    var output = JournalOutput()
    (output.width, output.height, output.bytes, output.modified) = (4, 8, bytes, 100)
    return output
  }

  private static func entry(_ output: String, run: String = "r") -> JournalEntry {
    var entry = JournalEntry(
      .done(Self.output()), input: BytePath("in/" + output), output: BytePath(output),
      inputBytes: 10, inputTime: 20, settings: "s")
    (entry.width, entry.height, entry.run, entry.time) = (1, 2, run, 5)
    return entry
  }

  @Test("Entries are what they were, of both kinds")
  func entries() {
    var done = Self.entry("a\n\u{1F600}.png")
    var output = Self.output()
    (output.isCopy, output.damage) = (true, "the file ends early")
    done.outcome = .done(output)
    done.seconds = 1.25
    var failed = Self.entry("b.png")
    failed.outcome = .failed(BatchFailure(code: 65, reason: "'x' is torn"))
    for entry in [done, failed] {
      let line = JSONLine(parsing: Array(entry.line.text.utf8))
      #expect(line.flatMap(JournalEntry.init) == entry)
    }
    // What was no work is not in a journal, and a line that says so is none of a run's.
    let skipped = JournalEntry(.skipped(.noPicture), input: BytePath("c"))
    #expect(JSONLine(parsing: Array(skipped.line.text.utf8)).flatMap(JournalEntry.init) == nil)
  }

  @Test(
    "Numbers that no run writes make a line that says nothing, and no arithmetic overflow",
    arguments: [
      ("width", "9223372036854775807"), ("output_width", "3037000500"), ("output_height", "-1"),
      ("input_bytes", "-9223372036854775808"), ("output_bytes", "9223372036854775807"),
      ("code", "4294967296"), ("time", "-9223372036854775808"), ("seconds", "1e300"),
      ("seconds", "-1"),
    ])
  func wildNumbers(name: String, value: String) throws {
    let fields = [
      "output_width": "4", "output_height": "8", "width": "1", "code": "0", "seconds": "1",
      "time": "5", "input_bytes": "10", "output_bytes": "99",
    ]
    // The code is that of a failure.
    let status = name == "code" ? "failed" : "done"
    func parsed(_ fields: [String: String]) -> JSONLine? {
      let text =
        #"{"event":"file","status":"\#(status)","input":"i","output":"o","input_mtime_ns":1,"settings":"s""#
        + fields.sorted { $0.key < $1.key }.map { ",\"\($0.key)\":\($0.value)" }.joined()
        + "}"
      return JSONLine(parsing: Array(text.utf8))
    }
    let entry = try #require(parsed(fields).flatMap(JournalEntry.init))
    #expect(entry.written?.width == (status == "done" ? 4 : nil))
    var wild = fields
    wild[name] = value
    #expect(parsed(wild).flatMap(JournalEntry.init) == nil)
  }

  @Test("A later run knows what an earlier one wrote, and of two lines the last counts")
  func knowledge() throws {
    let folder = try TemporaryFolder()
    let root = BytePath(folder.url.path)
    let first = try Journal(in: root, run: "one")
    try first.append(Self.entry("a.png", run: "one").line)
    var again = Self.entry("a.png", run: "one")
    again.outcome = .done(Self.output(bytes: 100))
    try first.append(again.line)
    let second = try Journal(in: root, run: "two")
    #expect(second[BytePath("a.png")]?.written?.bytes == 100)
    #expect(!second.isRecent(BytePath("a.png")))
    #expect(second[BytePath("b.png")] == nil)

    // What is written meanwhile is news; its own lines a run need not remember.
    try first.append(Self.entry("b.png", run: "one").line)
    try second.append(Self.entry("c.png", run: "two").line)
    try second.refresh()
    #expect(second[BytePath("b.png")] != nil && second.isRecent(BytePath("b.png")))
    #expect(second[BytePath("c.png")] == nil)
  }

  @Test("A torn line, at whatever byte, costs no other")
  func torn() throws {
    let whole = Array((Self.entry("torn.png").line.text + "\n").utf8)
    for length in stride(from: 1, to: whole.count, by: 7) {
      let folder = try TemporaryFolder()
      let root = BytePath(folder.url.path)
      let before = Array((Self.entry("before.png").line.text + "\n").utf8)
      try folder.write(before + whole[..<length], as: Journal.fileName)
      let journal = try Journal(in: root, run: "two")
      #expect(journal[BytePath("before.png")] != nil)
      #expect(journal[BytePath("torn.png")] == nil)
      try journal.append(Self.entry("after.png").line)
      let next = try Journal(in: root, run: "three")
      #expect(next[BytePath("before.png")] != nil && next[BytePath("after.png")] != nil)
      #expect(next[BytePath("torn.png")] == nil)
      #expect(next.damagedLines == 1)
    }
  }

  @Test("Lines of many writers stay whole")
  func manyWriters() throws {
    let folder = try TemporaryFolder()
    let root = BytePath(folder.url.path)
    let journals = try (0..<4).map { try Journal(in: root, run: "\($0)") }
    let workers = try Workers(count: 4) { index in
      for number in 0..<100 {
        try? journals[index].append(JournalTests.entry("\(index)-\(number).png").line)
      }
    }
    workers.join()
    let reader = try Journal(in: root, run: "reader")
    #expect(reader.damagedLines == 0)
    for index in 0..<4 {
      for number in 0..<100 { #expect(reader[BytePath("\(index)-\(number).png")] != nil) }
    }
  }
}
