import ArgumentParser

/// `upscale model`: the networks that are there.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Lists, explains and converts networks.",
    subcommands: [ModelListCommand.self, ModelInfoCommand.self, ModelConvertCommand.self])
}
