import Foundation
import TestSupport
import Testing

/// The help of the command.
@Suite struct HelpTests {
  static let folder = Checkout.url.appending(path: "Tests/UpscaleCLITests/Help")

  @Test(
    "The help reads as it was last reviewed",
    arguments: [
      [], ["image"], ["model"], ["model", "list"], ["model", "info"], ["model", "convert"],
      ["inspect"], ["bench"], ["batch"], ["bot"],
    ])
  func help(subcommand: [String]) throws {
    let result = try ProcessRunner.run(
      Command.path, subcommand + ["--help"], environment: ["COLUMNS": "80"])
    #expect(result.exitCode == 0)
    #expect(result.standardError.isEmpty)
    let name = (["upscale"] + subcommand).joined(separator: "-") + ".txt"
    let difference = Golden.difference(result.outputText, name: name, in: Self.folder)
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test("No line of help is wider than a terminal")
  func width() throws {
    for file in try FileManager.default.contentsOfDirectory(
      at: Self.folder, includingPropertiesForKeys: nil)
    {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        #expect(line.count <= 80 || line.hasPrefix("USAGE:"), "\(file.lastPathComponent): \(line)")
      }
    }
  }

  @Test("--version prints the version and nothing else")
  func version() throws {
    let result = try Command.run("--version")
    #expect(result.exitCode == 0)
    #expect(result.outputText.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    #expect(result.standardError.isEmpty)
  }

  @Test("Programs are told of wrong usage as of everything else")
  func wrongUsageAsJSON() throws {
    for arguments in [
      ["image", "a.png", "b.png", "--frobnicate"], ["batch", "--quality", "0", "a", "b"],
      ["image", "--quiet", "--verbose", "a.png", "b.png"], ["image", "a.png"],
    ] {
      let result = try ProcessRunner.run(Command.path, arguments + ["--json"])
      #expect(result.exitCode == 64)
      let line = try JSONSerialization.jsonObject(with: Data(result.standardError.utf8))
      let event = try #require(line as? [String: Any])
      #expect(event["event"] as? String == "error" && event["exit_code"] as? Int == 64)
      #expect((event["message"] as? String)?.isEmpty == false)
    }
  }

  @Test(
    "Wrong usage exits 64 and prints no data",
    arguments: [
      [], ["frobnicate"], ["image"], ["image", "in.png"],
      ["image", "a.png", "b.png", "--frobnicate"], ["model", "info"], ["inspect"],
      ["bench", "--runs"], ["image", "a.png", "--\u{1B}[31m", "b.png"], ["in\nspect"],
      ["bench", "--fo\no=1"],
    ])
  func wrongUsage(arguments: [String]) throws {
    let result = try ProcessRunner.run(Command.path, arguments)
    if arguments.isEmpty {
      // Without a word, the help is the answer.
      #expect(result.exitCode == 0)
      #expect(result.outputText.contains("USAGE: upscale"))
    } else {
      #expect(result.exitCode == 64)
      #expect(result.standardOutput.isEmpty)
      #expect(result.standardError.hasPrefix("upscale: "))
      // What was typed may hold anything.
      #expect(!result.standardError.contains("\u{1B}"))
      #expect(!result.standardError.split(separator: "\n")[0].hasSuffix("in"))
      #expect(result.standardError.split(separator: "\n").count == 1, "\(result.standardError)")
      #expect(result.standardError.contains(" --help'"))
    }
  }
}
