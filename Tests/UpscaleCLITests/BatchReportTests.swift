import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// `upscale batch --report`.
@Suite(.waiting) struct BatchReportTests {
  @Test("The page tells of every file, of earlier runs too, and of no file outside")
  func page() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.colour(.png), "first.png")
    #expect(try batch.run().exitCode == 0)
    try batch.add(Samples.colour(.jpeg), "sub/second.jpg")
    try batch.add(Array(Samples.colour(.png).prefix(40)), "broken.png")
    try batch.add(Array("hello".utf8), "notes.txt")
    let result = try batch.run("--report", "page.html")
    #expect(result.exitCode == 1)
    let page = try String(contentsOfFile: batch.folder.path("page.html"), encoding: .utf8)
    let names = [
      "in/first.png", "out/first.png", "in/sub/second.jpg", "in/broken.png", "notes.txt",
    ]
    for name in names {
      #expect(page.contains(name), "\(name) is missing")
    }
    #expect(page.contains("data:image/"))
    #expect(!page.contains("http:") && !page.contains("https:"))
  }

  @Test("Journals that are joined make a page too")
  func merged() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.colour(.png), "a.png")
    #expect(try batch.run(to: "one").exitCode == 0)
    #expect(try batch.run(to: "two").exitCode == 0)
    let result = try ProcessRunner.run(
      Command.path, ["batch", "--merge-report", "one", "two", "--report", "page.html"],
      in: batch.folder.url)
    #expect(result.exitCode == 0)
    let page = try String(contentsOfFile: batch.folder.path("page.html"), encoding: .utf8)
    #expect(page.contains("one/a.png") && page.contains("two/a.png"))
  }

  @Test("A page that cannot be written is refused before the work")
  func refused() throws {
    let batch = try BatchFixture()
    try batch.add(Samples.colour(.png), "a.png")
    #expect(try batch.run("--report", "missing/page.html").exitCode == 73)
    #expect(try batch.run("--report", "page.html", "--dry-run").exitCode == 64)
    #expect(!FileManager.default.fileExists(atPath: batch.folder.path("out")))
  }
}
