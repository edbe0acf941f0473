import ArgumentParser
import Upscale

/// `upscale model list`.
struct ModelListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the networks that come with upscale, and those of your models folder.",
    discussion: """
      A file 4x-UltraSharp.pth in the models folder (or .safetensors, .pt, .ckpt, or .param with its .bin) \
      is the model 4x-UltraSharp. Names that come with upscale go before the folder's. Files that are no \
      models are named with the reason on standard error; folders in it are left alone.

      COST is what a pixel of the result costs in multiply-adds, where realesrgan-x4plus costs 1.
      """)

  @OptionGroup var folder: ModelFolderOptions

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func run() throws {
    let list = try folder.library().list()
    if json {
      for model in list.models { try Console.printResult(object(model).text) }
      for file in list.unusable {
        try Console.printResult(
          JSON.object([
            "path": .string(file.path), "refusal": .string(Refusal(file.reason).sentence),
          ]).text)
      }
      return
    }
    let rows = list.models.map { model in
      [
        model.name, model.architecture.name, "x\(model.architecture.scale)",
        byteCountText(model.byteCount), costText(model.architecture.relativeCost),
        model.licence ?? "unknown",
        model.entry?.summary ?? model.path + (model.known.map { " (\($0.name))" } ?? ""),
      ]
    }
    try Console.printResult(
      table([["NAME", "ARCHITECTURE", "SCALE", "SIZE", "COST", "LICENCE", "FOR"]] + rows))
    let console = Console(.standard)
    for file in list.unusable {
      console.warn("\(BytePath(file.path).text): \(Refusal(file.reason).sentence)")
    }
  }

  private func object(_ model: ModelSummary) -> JSON {
    var members: [(String, JSON)] = [
      ("name", .string(model.name)), ("architecture", .string(model.architecture.name)),
      ("scale", .integer(model.architecture.scale)), ("bytes", .integer(model.byteCount)),
      (
        "multiply_adds_per_output_pixel",
        .number(model.architecture.multiplyAddsPerOutputPixel, digits: 0)
      ),
      ("relative_cost", .number(model.architecture.relativeCost, digits: 4)),
      ("licence", model.licence.map { .string($0) } ?? .null), ("path", .string(model.path)),
      ("bundled", .boolean(model.entry != nil)),
    ]
    if let entry = model.entry {
      members += [
        ("file", .string(entry.file)), ("sha256", .string(entry.sha256)),
        ("source", .string(entry.source)), ("summary", .string(entry.summary)),
      ]
    } else {
      members.append(("known_as", model.known.map { .string($0.name) } ?? .null))
    }
    return .members(members)
  }
}

/// A relative cost with as many digits as it is worth.
func costText(_ cost: Double) -> String {
  fixed(cost, digits: cost < 0.095 ? 3 : cost < 9.5 ? 2 : 0)
}
