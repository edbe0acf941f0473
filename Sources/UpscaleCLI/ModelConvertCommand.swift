import ArgumentParser
import Upscale

/// `upscale model convert`.
struct ModelConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Converts a weight file to safetensors.",
    discussion: """
      Reads PyTorch's .pth, .pt and .ckpt, safetensors, and ncnn (the .param file, with its .bin beside \
      it). Nothing in a file is executed. The network is checked as for computing, so a file that \
      converts also loads. Nothing is rounded, unless --half asks for it.
      """)

  @Argument(help: ArgumentHelp("The weight file to read.", valueName: "in"))
  var input: String

  @Argument(help: ArgumentHelp("The .safetensors file to write.", valueName: "out"))
  var output: String

  @Flag(help: "Round the numbers to float16: half the size, and a picture that differs a little.")
  var half = false

  @Option(
    help: ArgumentHelp(
      "What follows the convolutions of an SRVGGNetCompact without slopes, whose file does not say "
        + "it: relu or leakyrelu.", valueName: "name"), transform: Self.activation)
  var activation: CompactActivation?

  @Sendable private static func activation(_ text: String) throws -> CompactActivation {
    guard let activation = CompactActivation(rawValue: text), activation != .pReLU else {
      throw ValidationError("it must be relu or leakyrelu")
    }
    return activation
  }

  func run() throws {
    if OutputFile.isSameFile(input: input, output: output) {
      throw UpscaleError(
        .usage, "input and output are the same file ('\(output)'); choose another name")
    }
    try OutputFile.check(path: output)
    try ModelConverter.convert(
      input: input, output: output, activation: activation, isHalved: half)
  }
}
