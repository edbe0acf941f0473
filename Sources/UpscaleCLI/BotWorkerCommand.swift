import ArgumentParser
import BotMode

/// `upscale bot-worker`: what the bot starts to decode and compute; nobody types it.
struct BotWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bot-worker",
    abstract: "Serves 'upscale bot', which starts it.",
    shouldDisplay: false)

  func run() {
    BotWorker.run { Refusal($0).code }
  }
}
