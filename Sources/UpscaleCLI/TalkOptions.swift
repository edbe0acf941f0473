import ArgumentParser
import Upscale

/// How much the command says, and to whom.
struct TalkOptions: ParsableArguments {
  @Flag(help: "Report on standard error as JSON, one object a line.")
  var json = false

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say what is used and how long each step takes.")
  var verbose = false

  /// Messages for people, for refusals before the options are known.
  static let standard: TalkOptions = {
    var options = TalkOptions()
    options.json = false
    options.quiet = false
    options.verbose = false
    return options
  }()

  func validate() throws {
    if quiet, verbose { throw ValidationError("choose one of --quiet and --verbose") }
  }
}
