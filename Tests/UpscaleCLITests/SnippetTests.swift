import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// The program that the README shows to those who use the library.
@Suite(.waiting, .timeLimit(.minutes(20))) struct SnippetTests {
  @Test("The README's program enlarges a photo to the bytes of the command")
  func runs() throws {
    let folder = try TemporaryFolder()
    let weights = Checkout.url.appending(path: "weights").path
    let snippet = try ProcessRunner.run(
      BuiltProgram.snippet, [Command.photo, folder.path("snippet.png"), weights])
    #expect(snippet.exitCode == 0, "\(snippet.standardError)")
    let command = try ProcessRunner.run(
      Command.path,
      ["image", Command.photo, folder.path("command.png"), "-m", "realesr-animevideov3"])
    #expect(command.exitCode == 0, "\(command.standardError)")
    let pictures = try ["snippet.png", "command.png"].map {
      try PictureDecoder.decode([UInt8](Data(contentsOf: URL(filePath: folder.path($0))))).picture
    }
    #expect(pictures[0] == pictures[1])
  }

  @Test(
    "The networks' definitions and the engine agree on a photo",
    arguments: ["realesr-animevideov3", "span-x4"])
  func agrees(model: String) throws {
    let result = try ProcessRunner.run(
      BuiltProgram.naiveForward, [Command.photo, Checkout.path("weights"), model])
    #expect(result.exitCode == 0, "\(result.standardError)")
    let decibels = try #require(
      result.outputText.split(separator: " ").dropFirst().first.flatMap { Double($0) })
    #expect(decibels >= 100, "\(result.outputText)")
  }

  @Test("The README and the documentation show the program that is built")
  func isShown() throws {
    func text(_ name: String) throws -> String {
      try String(contentsOf: Checkout.url.appending(path: name), encoding: .utf8)
    }
    let program = try text("Snippets/EnlargePhoto.swift")
    let shown = try #require(program.range(of: "import Upscale").map { program[$0.lowerBound...] })
    for page in ["README.md", "Sources/Upscale/Upscale.docc/Upscale.md"] {
      #expect(try text(page).contains("```swift\n\(shown)```"), "\(page)")
    }
  }
}
