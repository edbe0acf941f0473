import Foundation
import Glibc
import TestSupport
import Testing
import Upscale

@testable import BotMode

@Suite("Where the token comes from") struct BotTokenSourcesTests {
  /// Sources with an environment of the test's own.
  private func sources(
    argument: String? = nil, file: String? = nil, environment: [String: String] = [:],
    folder: TemporaryFolder
  ) -> BotTokenSources {
    var sources = BotTokenSources(argument: argument, file: file, folder: folder.url.path)
    sources.takeVariable = { environment[$0] }
    return sources
  }

  private func write(_ text: String, as name: String, mode: mode_t, in folder: TemporaryFolder)
    throws -> String
  {
    let path = try folder.write(Array(text.utf8), as: name)
    chmod(path, mode)
    return path
  }

  @Test("The first place that has one counts") func order() throws {
    let folder = try TemporaryFolder()
    let file = try write("2:file\n", as: "token", mode: 0o600, in: folder)
    _ = try write(
      "TG_BOT_TOKEN=6:x\nTELEGRAM_BOT_TOKEN=5:x\n", as: ".env", mode: 0o600, in: folder)
    let both = ["TELEGRAM_BOT_TOKEN": "3:x", "TG_BOT_TOKEN": "4:x"]
    let cases: [(BotTokenSources, Int64)] = [
      (sources(argument: "1:x", file: file, environment: both, folder: folder), 1),
      (sources(file: file, environment: both, folder: folder), 2),
      (sources(environment: both, folder: folder), 3),
      (sources(environment: ["TG_BOT_TOKEN": "4:x"], folder: folder), 4),
      (sources(environment: ["TELEGRAM_BOT_TOKEN": "", "TG_BOT_TOKEN": ""], folder: folder), 5),
    ]
    for (sources, id) in cases {
      let found = try sources.find()
      #expect(found.token.id == id)
      #expect(found.warnings == (id == 1 ? [.wasArgument] : []))
    }
  }

  @Test("A file that others can read is warned of", arguments: [0o640, 0o604, 0o644])
  func readable(mode: mode_t) throws {
    let folder = try TemporaryFolder()
    let file = try write("2:x", as: "token", mode: mode, in: folder)
    let found = try sources(file: file, folder: folder).find()
    #expect(found.warnings == [.isReadableByOthers("'\(file)'")])
    _ = try write("TG_BOT_TOKEN=6:x", as: ".env", mode: mode, in: folder)
    #expect(try sources(folder: folder).find().warnings.count == 1)
  }

  @Test("Without any, the refusal says every way to give one") func none() throws {
    let folder = try TemporaryFolder()
    _ = try write("OTHER=1\n", as: ".env", mode: 0o600, in: folder)
    let error = try #require(refusal(of: sources(folder: folder)))
    #expect(error.cause == .noToken)
    // The command adds its options, see BotCommandTests.
    for way in ["TELEGRAM_BOT_TOKEN", "TG_BOT_TOKEN", ".env"] {
      #expect(error.message.contains(way))
    }
  }

  @Test("A folder .env is somebody else's") func folderOfThatName() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path(".env"), withIntermediateDirectories: false)
    #expect(refusal(of: sources(folder: folder))?.cause == .noToken)
  }

  @Test("What is no token is refused with the place that it came from, and not repeated")
  func malformed() throws {
    let folder = try TemporaryFolder()
    let file = try write("SECRET", as: "token", mode: 0o600, in: folder)
    let large = try write(
      String(repeating: "SECRET", count: 20000), as: "large", mode: 0o600, in: folder)
    let cases: [(BotTokenSources, String)] = [
      (sources(argument: "SECRET", folder: folder), "the token that was given"),
      (sources(file: file, folder: folder), file),
      (sources(file: large, folder: folder), large),
      (
        sources(environment: ["TELEGRAM_BOT_TOKEN": "SECRET"], folder: folder),
        "TELEGRAM_BOT_TOKEN"
      ),
    ]
    for (sources, place) in cases {
      let error = try #require(refusal(of: sources))
      #expect(error.cause == .configuration)
      #expect(error.message.contains(place))
      #expect(!error.message.contains("SECRET"))
    }
    _ = try write("TG_BOT_TOKEN='SECRET\n", as: ".env", mode: 0o600, in: folder)
    let error = try #require(refusal(of: sources(folder: folder)))
    #expect(error.cause == .configuration)
    #expect(error.message.contains("line 1"))
    #expect(!error.message.contains("SECRET"))
  }

  @Test("A file that is not there, or a folder, is said to be") func missing() throws {
    let folder = try TemporaryFolder()
    let none = try #require(refusal(of: sources(file: folder.path("none"), folder: folder)))
    #expect(none.cause == .noInput)
    #expect(none.message.contains("does not exist"))
    let itself = try #require(refusal(of: sources(file: folder.url.path, folder: folder)))
    #expect(itself.message.contains("is a folder"))
  }

  private func refusal(of sources: BotTokenSources) -> UpscaleError? {
    do {
      _ = try sources.find()
      return nil
    } catch {
      return error
    }
  }
}

@Suite("Files of variables") struct EnvironmentFileTests {
  @Test(
    "A value is read as shells and other tools do",
    arguments: [
      ("A=1:x", "1:x"), ("A = 1:x ", "1:x"), ("  A=1:x\t", "1:x"), ("export A=1:x", "1:x"),
      ("export\tA=1:x", "1:x"), ("A=\"1:x\"", "1:x"), ("A='1:x'", "1:x"),
      ("A='1:x' # mine", "1:x"), ("A=1:x # mine", "1:x"), ("A=a#b", "a#b"), ("A=", ""),
      ("A=''", ""), ("A= # nothing", ""), ("A=\"a \\\"b\\\" \\\\\"", "a \"b\" \\"),
      ("A='a \\ b'", "a \\ b"), ("A=old\nA=new", "new"), ("B=2\r\nA=1:x\r\nC=3\r\n", "1:x"),
      ("\u{FEFF}A=1:x", "1:x"), ("# A=0\n\nA=1:x", "1:x"), ("A=a=b", "a=b"),
      ("A='ключ'", "ключ"), ("junk\nB='open\nA=1", "1"),
    ])
  func values(text: String, value: String) throws {
    #expect(try EnvironmentFile(text, named: "x", wanting: ["A"])["A"] == value)
  }

  @Test("Other lines say nothing", arguments: ["", "AA=1", "A", "#A=1", "exportA=1", "=1", "B='"])
  func others(text: String) throws {
    #expect(try EnvironmentFile(text, named: "x", wanting: ["A"])["A"] == nil)
  }

  @Test(
    "A line that matters and cannot be read is refused",
    arguments: ["A=\"x", "A='x", "A=x y", "A=\"x\"y", "A=x\"y\"", "A=\"x\\\""])
  func malformed(text: String) {
    #expect(throws: UpscaleError.self) {
      try EnvironmentFile("B=1\n" + text, named: "x", wanting: ["A"])
    }
  }
}
