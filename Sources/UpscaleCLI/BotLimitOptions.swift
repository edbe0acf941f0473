import ArgumentParser
import BotMode
import Upscale

/// Limits on pictures, users and the queue.
struct BotLimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Pictures of one user at a time.", valueName: "n"))
  var maxPerUser: WholeNumber = 10

  @Option(help: ArgumentHelp("Pictures of all users at a time.", valueName: "n"))
  var maxQueue: WholeNumber = 100

  @Option(help: ArgumentHelp("Refuse a picture of more pixels than this.", valueName: "n"))
  var maxPixels: WholeNumber = 25_000_000

  @Option(
    help: ArgumentHelp(
      "Refuse a picture that would take longer than this.", valueName: "minutes"))
  var maxMinutes: WholeNumber = 30

  func apply(to settings: inout BotSettings) throws(UpscaleError) {
    settings.maxPerUser = try maxPerUser.check("--max-per-user", in: 1...1000)
    settings.maxJobs = try maxQueue.check("--max-queue", in: 1...100_000)
    settings.maxPixels = try maxPixels.check("--max-pixels", in: 1...100_000_000)
    settings.maxMinutes = try maxMinutes.check("--max-minutes", in: 1...1440)
  }
}
