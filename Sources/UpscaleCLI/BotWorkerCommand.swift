import ArgumentParser
import BotMode

/// `upscale bot-worker`: the process that the bot starts to decode and compute; not for users.
struct BotWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bot-worker",
    abstract: "Serves 'upscale bot', which starts it.",
    shouldDisplay: false)

  func run() {
    BotWorker.run { Refusal($0).code }
  }
}
