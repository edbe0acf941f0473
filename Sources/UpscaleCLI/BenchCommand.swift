import ArgumentParser
import Upscale

/// `upscale bench`: the forward pass, measured in process.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures a network on this machine.",
    discussion: """
      Computes a picture of noise after one unmeasured pass, and reports the median of the runs. \
      Files, decoding and encoding are not part of it.
      """)

  @OptionGroup(title: "Network") var engine: EngineOptions

  @Option(
    help: ArgumentHelp("Width of the input. (default: 256)", valueName: "pixels"),
    transform: OptionValue.whole(1...8192))
  var width = 256

  @Option(
    help: ArgumentHelp("Height of the input. (default: 256)", valueName: "pixels"),
    transform: OptionValue.whole(1...8192))
  var height = 256

  @Option(
    help: ArgumentHelp("Measured passes. (default: 3)", valueName: "n"),
    transform: OptionValue.whole(1...1000))
  var runs = 3

  @Flag(help: "Print JSON, one object a measurement.")
  var json = false

  func validate() throws { try RequestedModel.validateIsNamed(engine.model) }

  func run() throws {
    let upscaler = try engine.makeUpscaler()
    if let note = engine.note(on: upscaler) { Console(.standard).warn(note) }
    let measurement = try ForwardBenchmark.run(
      upscaler: upscaler, width: width, height: height, runs: runs)
    if json {
      try Console.printResult(
        JSON.object([
          "model": .string(measurement.model), "width": .integer(measurement.width),
          "height": .integer(measurement.height), "threads": .integer(measurement.threads),
          "precision": .string(measurement.precision), "cpu": .string(measurement.cpu),
          "seconds": .number(measurement.seconds, digits: 6),
          "minimum": .number(measurement.minimum, digits: 6),
          "gmacs": .number(measurement.gmacs, digits: 2), "runs": .integer(runs),
        ]).text)
    } else {
      try Console.printResult(
        table([
          ["model", measurement.model],
          ["input", "\(measurement.width) × \(measurement.height)"],
          ["cpu", "\(measurement.cpu), \(measurement.threads) threads"],
          ["precision", measurement.precision],
          ["median", "\(fixed(measurement.seconds, digits: 3)) s of \(runs) runs"],
          ["minimum", "\(fixed(measurement.minimum, digits: 3)) s"],
          ["speed", "\(fixed(measurement.gmacs, digits: 1)) GMAC/s"],
        ]))
    }
  }
}
