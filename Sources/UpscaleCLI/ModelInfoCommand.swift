import ArgumentParser
import Upscale

/// `upscale model info`.
struct ModelInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Says what a weight file holds.")

  @Argument(
    help: ArgumentHelp(
      "A name of 'upscale model list', or a weight file.", valueName: "name|file"))
  var model: String

  @OptionGroup var folder: ModelFolderOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  /// Sides of the picture that memory is said for.
  private static let side = 1000

  func run() throws {
    let library = try folder.library()
    let reference = ModelReference(self.model)
    let model = try reference.load(from: library)
    let sha256 = try reference.weightsDigest(in: library)
    let official = try library.officialName(of: model, sha256: sha256)
    let memory = try workMemory(of: model)
    let architecture = model.architecture
    let (kind, shape) = describe(architecture)
    let types = model.elementTypes.map(\.rawValue).joined(separator: ", ")
    if json {
      let members: [(String, JSON)] =
        [
          ("name", .string(model.name)), ("architecture", .string(kind)),
          ("scale", .integer(architecture.scale)),
          ("parameters", .integer(model.parameterCount)),
          ("bytes", .integer(model.byteCount)), ("types", .string(types)),
          ("multiply_adds_per_pixel", .number(architecture.multiplyAddsPerPixel, digits: 0)),
          ("relative_cost", .number(architecture.relativeCost, digits: 4)),
          ("halo", .integer(architecture.halo)),
          ("weights_memory", .integer(model.packedByteCount)),
          ("least_memory_of_a_megapixel", memory.map { .integer($0.least) } ?? .null),
          ("untiled_memory_of_a_megapixel", memory.map { .integer($0.whole) } ?? .null),
          ("sha256", .string(sha256)),
          ("official_name", official.map { .string($0) } ?? .null),
        ] + shape.map { ($0.key, .integer($0.value)) }
      try Console.printResult(JSON.members(members).text)
      return
    }
    let rows =
      [
        ["name", model.name], ["architecture", kind], ["scale", "x\(architecture.scale)"],
        ["parameters", "\(model.parameterCount)"],
        ["weights", "\(byteCountText(model.byteCount)) of \(types)"],
        [
          "multiply-adds",
          "\(fixed(architecture.multiplyAddsPerPixel / 1e6, digits: 2)) million for a pixel of the input",
        ],
        [
          "cost",
          "\(costText(architecture.relativeCost)) of realesrgan-x4plus for a pixel of the result",
        ],
        ["halo", "\(architecture.halo) pixels around a tile"],
        [
          "memory",
          "\(byteCountText(model.packedByteCount)) of weights"
            + (memory.map {
              "; a picture of \(Self.side) x \(Self.side): \(byteCountText($0.whole)) in one piece, "
                + "\(byteCountText($0.least)) in the smallest tiles"
            } ?? ", for which there is too little"),
        ],
        ["sha256", sha256],
      ] + (official.map { [["official name", $0]] } ?? [])
      + shape.map { [$0.label, "\($0.value)"] }
    try Console.printResult(table(rows))
  }

  /// What a picture takes; nil where the weights themselves would take too much.
  private func workMemory(of model: Model) throws(UpscaleError) -> (least: Int, whole: Int)? {
    do throws(UpscaleError) {
      try MemoryBudget().check(model)
      return try Upscaler(model: model).workMemory(width: Self.side, height: Self.side)
    } catch {
      guard error.cause.isScarcity else { throw error }
      return nil
    }
  }
}

/// A hyper-parameter of a network: its name for programs, its name for people, its value.
private typealias ShapeMember = (key: String, label: String, value: Int)

/// The name and hyper-parameters of an architecture.
private func describe(_ architecture: Architecture) -> (name: String, shape: [ShapeMember]) {
  let channels = architecture.channels
  return (
    name(of: architecture),
    hyperParameters(of: architecture) + [
      ("inputs", "channels in", channels.input), ("outputs", "channels out", channels.output),
    ]
  )
}

private func name(of architecture: Architecture) -> String {
  switch architecture {
  case .rrdbNet(let shape):
    shape.hasShortcuts ? "RRDBNet with shortcuts (ESRGAN+)" : "RRDBNet"
  case .srvggNetCompact: "SRVGGNetCompact"
  case .span: "SPAN"
  }
}

/// What an architecture has besides its channels.
private func hyperParameters(of architecture: Architecture) -> [ShapeMember] {
  switch architecture {
  case .rrdbNet(let shape):
    [
      ("features", "features", shape.features), ("growth", "growth", shape.growth),
      ("blocks", "blocks", shape.blocks), ("upsamplings", "upsamplings", shape.upsamplings),
      ("unshuffle", "unshuffle", shape.unshuffle),
    ]
  case .srvggNetCompact(let shape):
    [
      ("features", "features", shape.features),
      ("convolutions", "convolutions", shape.convolutions),
    ]
  case .span(let shape):
    [("features", "features", shape.features)]
  }
}
