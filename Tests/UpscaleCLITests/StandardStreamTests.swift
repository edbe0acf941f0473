import Foundation
import TestSupport
import Testing

/// Output to standard output is complete, or the exit code says that it is not.
@Suite struct StandardStreamTests {
  static let commands: [[String]] = [
    [], ["--help"], ["--version"], ["image", "--help"], ["help", "batch"],
    ["--generate-completion-script", "bash"], ["model", "list"], ["model", "list", "--json"],
    ["model", "info", Command.quickModel], ["inspect", Command.photo],
    ["inspect", Command.photo, "--json"],
    ["bench", "-m", Command.quickModel, "--width", "8", "--height", "8", "--runs", "1"],
    ["image", Command.photo, "-", "-m", Command.quickModel, "--dry-run"],
    ["batch", Command.photo, "out", "-m", Command.quickModel, "--dry-run"],
  ]

  @Test("A full or closed standard output exits 74, whatever was to be said", arguments: commands)
  func output(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    for (redirection, reason) in [("> /dev/full", "the disk is full"), (">&-", "it is closed")] {
      let result = try ProcessRunner.shell(
        "exec \"$@\" " + redirection, [Command.path] + arguments, in: folder.url)
      #expect(result.exitCode == 74, "\(redirection): \(result.standardError)")
      #expect(
        result.standardError == "upscale: cannot write standard output: \(reason)\n",
        "\(redirection): \(result.standardError)")
    }
  }

  @Test("What is said never gets into a file because standard error is closed")
  func closedError() throws {
    let folder = try TemporaryFolder()
    // A damaged picture, so that there is a message.
    try folder.write(WholenessTests.cut, as: "cut.jpg")
    let result = try ProcessRunner.shell(
      #"""
      "$1" image cut.jpg open.png -m "$2" -v 2> /dev/null
      "$1" image cut.jpg closed.png -m "$2" -v 2>&-
      test $? = 2 && cmp open.png closed.png || exit 3
      "$1" image cut.jpg all.png -m "$2" -v <&- >&- 2>&-
      test $? = 2 && cmp open.png all.png || exit 4
      """#, [Command.path, Command.quickModel], in: folder.url)
    #expect(result.exitCode == 0, "\(result.outputText) \(result.standardError)")
  }

  @Test("A closed standard input is named")
  func closedInput() throws {
    let result = try ProcessRunner.shell(
      #""$1" inspect - <&-"#, [Command.path])
    expectRefusal(result, 74, saying: "standard input cannot be read: it is closed")
  }
}
