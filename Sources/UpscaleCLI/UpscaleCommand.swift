import ArgumentParser
import Upscale

/// The command `upscale`. Arguments are parsed here, the library does the work, and all refusals end here.
@main
struct UpscaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upscale",
    abstract: "Enlarges pictures with the Real-ESRGAN networks, on the CPU.",
    discussion: """
      Examples:
        upscale image photo.jpg photo-4x.png
        upscale image photo.jpg photo-2x.webp --scale 2
        upscale batch photos photos-4x
        upscale image drawing.png big.png --model realesrgan-x4plus-anime
        convert scan.tif png:- | upscale image - - > scan-4x.png
        upscale bot --token-file token

      Data goes to standard output, talk to standard error. An output file appears complete or \
      not at all.

      Exit codes:
        0         done
        1         batch: some pictures failed, all others are done
        2         done, but a picture was not whole: standard error names it
        64        wrong usage
        65        not a usable picture
        66        no such input
        69        bot: Telegram is not heard from
        70        a bug of upscale
        73        the output cannot be created
        74        reading or writing failed, such as a full disk
        75        not enough memory now; another bot is running
        77        no permission
        78        a bad model or installation
        130, 143  ended by SIGINT, SIGTERM
      """,
    version: upscaleVersion,
    subcommands: [
      ImageCommand.self, BatchCommand.self, BotCommand.self, ModelCommand.self, InspectCommand.self,
      BenchCommand.self, BotWorkerCommand.self,
    ])

  static func main() {
    StandardStream.reserve()
    StopSignals.install()
    let words = ProgramArguments.texts
    MemoryExhaustion.install(
      asJSON: ["image", "batch"].contains(words.first) && words.contains("--json"))
    do {
      var command = try parseAsRoot(words)
      try command.run()
    } catch let refusal as UpscaleError {
      // A command that talks JSON has caught its own refusals; the rest are plain text.
      CurrentProcess.end(Console(.standard).refuse(refusal).rawValue)
    } catch {
      CurrentProcess.end(end(with: error, words).rawValue)
    }
  }

  /// Prints the parser's message: help goes to standard output as a result, a refusal to standard error.
  private static func end(with error: any Error, _ words: [String]) -> ExitCode {
    let code = exitCode(for: error)
    var talk = TalkOptions.standard
    talk.json = words.contains("--json")
    guard code.isSuccess else {
      let message = ProgramArguments.visible(in: message(for: error))
      guard !message.isEmpty else { return code }
      return Console(talk).refuse(sentence(message, words), code: code.rawValue)
    }
    do throws(UpscaleError) {
      try Console.printResult(fullMessage(for: error))
    } catch {
      return Console(talk).refuse(error)
    }
    return code
  }

  /// What the parser says, and where to read on.
  private static func sentence(_ message: String, _ words: [String]) -> String {
    let known = configuration.subcommands.compactMap { $0.configuration.commandName }
    let command = words.first.flatMap { known.contains($0) ? "upscale \($0)" : nil } ?? "upscale"
    let isSentence = message.hasSuffix(".") || message.hasSuffix("?")
    return message + (isSentence ? " See" : "; see") + " '\(command) --help'"
  }
}
