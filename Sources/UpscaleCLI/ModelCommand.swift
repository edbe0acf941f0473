import ArgumentParser
import Upscale

/// `upscale model`: the networks that are there.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Lists, explains and converts networks.",
    subcommands: [List.self, Info.self, Convert.self])

  /// `upscale model list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the networks that come with upscale.")

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    func run() throws {
      let entries = try ModelCatalog.standard().entries
      if json {
        for entry in entries {
          try Console.printResult(
            JSON.object([
              "name": .string(entry.name), "architecture": .string(entry.architecture),
              "scale": .integer(entry.scale), "file": .string(entry.file),
              "sha256": .string(entry.sha256), "licence": .string(entry.licence),
              "source": .string(entry.source), "summary": .string(entry.summary),
            ]).text)
        }
        return
      }
      let rows = entries.map { [$0.name, $0.architecture, "x\($0.scale)", $0.licence, $0.summary] }
      try Console.printResult(
        table([["NAME", "ARCHITECTURE", "SCALE", "LICENCE", "FOR"]] + rows))
    }
  }

  /// `upscale model info`.
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says what a weight file holds.")

    @Argument(
      help: ArgumentHelp(
        "A name of 'upscale model list', or a weight file.", valueName: "name|file"))
    var model: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let reference = ModelReference(self.model)
      let model = try reference.load()
      let sha256 = try reference.weightsDigest()
      let (kind, shape) = describe(model.architecture)
      let multiplyAdds = model.architecture.multiplyAddsPerPixel
      let types = model.elementTypes.map(\.rawValue).joined(separator: ", ")
      if json {
        let members: [(String, JSON)] =
          [
            ("name", .string(model.name)), ("architecture", .string(kind)),
            ("scale", .integer(model.architecture.scale)),
            ("parameters", .integer(model.parameterCount)),
            ("bytes", .integer(model.byteCount)), ("types", .string(types)),
            ("multiply_adds_per_pixel", .number(multiplyAdds, digits: 0)),
            ("halo", .integer(model.architecture.halo)), ("sha256", .string(sha256)),
          ] + shape.map { ($0.key, .integer($0.value)) }
        try Console.printResult(JSON.members(members).text)
        return
      }
      let rows =
        [
          ["name", model.name], ["architecture", kind], ["scale", "x\(model.architecture.scale)"],
          ["parameters", "\(model.parameterCount)"],
          ["weights", "\(byteCountText(model.byteCount)) of \(types)"],
          [
            "multiply-adds",
            "\(fixed(multiplyAdds / 1e6, digits: 2)) million for a pixel of the input",
          ],
          ["halo", "\(model.architecture.halo) pixels around a tile"], ["sha256", sha256],
        ] + shape.map { [$0.label, "\($0.value)"] }
      try Console.printResult(table(rows))
    }
  }

  /// `upscale model convert`.
  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Converts a weight file to safetensors.",
      discussion: """
        Reads PyTorch's .pth, .pt and .ckpt, safetensors, and ncnn (the .param file, with its .bin beside \
        it). Nothing in a file is executed. The network is checked as for computing, so a file that \
        converts also loads.
        """)

    @Argument(help: ArgumentHelp("The weight file to read.", valueName: "in"))
    var input: String

    @Argument(help: ArgumentHelp("The .safetensors file to write.", valueName: "out"))
    var output: String

    @Option(
      help: ArgumentHelp(
        "What follows the convolutions of an SRVGGNetCompact without slopes, whose file does not say "
          + "it: relu or leakyrelu.", valueName: "name"))
    var activation: String?

    func run() throws {
      let activation = try self.activation.map { (name) throws(UpscaleError) in
        guard let activation = CompactActivation(rawValue: name), activation != .pReLU else {
          throw UpscaleError(.usage, "--activation is '\(name)'; it must be relu or leakyrelu")
        }
        return activation
      }
      if OutputFile.isSameFile(input: input, output: output) {
        throw UpscaleError(
          .usage, "input and output are the same file ('\(output)'); choose another name")
      }
      try OutputFile.check(path: output)
      try ModelConverter.convert(input: input, output: output, activation: activation)
    }
  }
}

/// A hyper-parameter of a network: its name for programs, its name for people, its value.
private typealias ShapeMember = (key: String, label: String, value: Int)

/// The name and hyper-parameters of an architecture.
private func describe(_ architecture: Architecture) -> (name: String, shape: [ShapeMember]) {
  switch architecture {
  case .rrdbNet(let shape):
    (
      shape.hasShortcuts ? "RRDBNet with shortcuts (ESRGAN+)" : "RRDBNet",
      [
        ("features", "features", shape.features), ("growth", "growth", shape.growth),
        ("blocks", "blocks", shape.blocks), ("upsamplings", "upsamplings", shape.upsamplings),
        ("unshuffle", "unshuffle", shape.unshuffle),
        ("inputs", "channels in", shape.inputChannels),
        ("outputs", "channels out", shape.outputChannels),
      ]
    )
  case .srvggNetCompact(let shape):
    (
      "SRVGGNetCompact",
      [
        ("features", "features", shape.features),
        ("convolutions", "convolutions", shape.convolutions),
        ("inputs", "channels in", shape.inputChannels),
        ("outputs", "channels out", shape.outputChannels),
      ]
    )
  case .span(let shape):
    (
      "SPAN",
      [
        ("features", "features", shape.features),
        ("inputs", "channels in", shape.inputChannels),
        ("outputs", "channels out", shape.outputChannels),
      ]
    )
  }
}

/// Rows in columns, each as wide as its longest cell.
func table(_ rows: [[String]]) -> String {
  let rows = rows.map { $0.map(visible) }
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    row.enumerated().map { column, cell in
      column == row.count - 1
        ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
    }.joined()
  }.joined(separator: "\n")
}
