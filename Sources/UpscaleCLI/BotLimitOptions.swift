import ArgumentParser
import BotMode
import Upscale

/// Limits on pictures, users and the queue.
struct BotLimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Pictures of one user at a time. (default: 10)", valueName: "n"),
    transform: OptionValue.whole(1...1000))
  var maxPerUser = 10

  @Option(
    help: ArgumentHelp("Pictures of all users at a time. (default: 100)", valueName: "n"),
    transform: OptionValue.whole(1...100_000))
  var maxQueue = 100

  @Option(
    help: ArgumentHelp(
      "Refuse a picture of more pixels than this. (default: 25000000)", valueName: "n"),
    transform: OptionValue.whole(1...100_000_000))
  var maxPixels = 25_000_000

  @Option(
    help: ArgumentHelp(
      "Refuse a picture that would take longer than this. (default: 30)", valueName: "minutes"),
    transform: OptionValue.whole(1...1440))
  var maxMinutes = 30

  func apply(to settings: inout BotSettings) {
    settings.maxPerUser = maxPerUser
    settings.maxJobs = maxQueue
    settings.maxPixels = maxPixels
    settings.maxMinutes = maxMinutes
  }
}
