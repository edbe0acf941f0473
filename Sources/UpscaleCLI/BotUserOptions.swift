import ArgumentParser
import BotMode
import Upscale

/// Who is served.
struct BotUserOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      Serve only this user or group, by its Telegram number; may be repeated. Others are told their \
      numbers. (default: everybody)
      """, valueName: "number"))
  var allowUser: [Int64] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A user who may ask for /stats; may be repeated, and is always served.", valueName: "number"))
  var admin: [Int64] = []

  func apply(to settings: inout BotSettings) {
    settings.allowed = allowUser.isEmpty ? nil : Set(allowUser)
    settings.admins = Set(admin)
  }
}
