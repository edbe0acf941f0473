import ArgumentParser
import Upscale

/// `upscale inspect FILE`: decoding only.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Says what a picture is and whether it is usable, without enlarging it.",
    discussion: """
      The picture is decoded to its end, by rows where its format allows. Exit code 0: 'upscale \
      image' can read it; 2: it can, but the picture is not whole, as standard error says; 65: it \
      would be refused, for the reason on standard error; 75: it has to be whole in memory, and does \
      not fit.
      """)

  @Argument(help: ArgumentHelp("The picture; '-' is standard input.", valueName: "file"))
  var file: String

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup(title: "Limits") var memory: MemoryOptions
  @OptionGroup(title: "Limits") var limitOptions: LimitOptions

  func run() throws {
    Console.prepareForExhaustion(about: PictureInput.name(file, standard: "standard input"))
    let checked: CheckedPicture
    do {
      checked = try PictureInput.check(
        file, limits: limitOptions.limits, budget: memory.budget())
    } catch {
      let refusal = Refusal(error)
      if json {
        try Console.printResult(
          JSON.object([
            "file": .string(file), "usable": false, "exit_code": .integer(Int(refusal.code)),
            "refusal": .string(refusal.sentence),
          ]).text)
      }
      throw error
    }
    try Console.printResult(json ? jsonReport(checked) : report(checked))
    if let damage = checked.damage {
      Console(.standard).complain(
        "\(PictureInput.name(file, standard: "standard input")): \(damage.sentence)")
      throw ExitCode(Outcome.notWhole.rawValue)
    }
  }

  private func report(_ checked: CheckedPicture) -> String {
    let info = checked.info
    var rows = [
      ["file", file == "-" ? "standard input" : file],
      [
        "format",
        info.format.name + (info.isInterlacedOrProgressive ? ", in several passes" : "")
          + (info.frameCount > 1 ? ", animated: \(info.frameCount) frames" : "")
          + (info.pictureCount > 1 ? ", the first of \(info.pictureCount) pictures" : ""),
      ],
      ["size", "\(info.width) × \(info.height)"],
      ["layout", name(of: info.layout)],
      ["depth", "\(info.depth.rawValue) bits"],
      [
        "orientation",
        info.orientation == 1
          ? "upright"
          : "EXIF \(info.orientation), shown as \(info.displayWidth) × \(info.displayHeight)",
      ],
      ["colour", info.colorSummary ?? "no profile (sRGB is assumed)"],
    ]
    rows += MetadataReport(info.metadata).rows
    for warning in checked.warnings { rows.append(["warning", warning]) }
    if let damage = checked.damage { rows.append(["not whole", damage.sentence]) }
    for refusal in refusals(info) { rows.append(["at x4", refusal]) }
    return table(rows)
  }

  private func jsonReport(_ checked: CheckedPicture) -> String {
    let info = checked.info
    return JSON.object([
      "file": .string(file), "usable": true, "format": .string(info.format.rawValue),
      "width": .integer(info.width), "height": .integer(info.height),
      "layout": .string(name(of: info.layout)), "depth": .integer(info.depth.rawValue),
      "orientation": .integer(info.orientation), "icc": .boolean(info.hasICCProfile),
      "colour": info.colorSummary.map { .string($0) } ?? .null,
      "interlaced": .boolean(info.isInterlacedOrProgressive), "frames": .integer(info.frameCount),
      "pictures": .integer(info.pictureCount),
      "metadata": MetadataReport(info.metadata).json,
      "warnings": .array(checked.warnings.map { .string($0) }),
      "damage": checked.damage.map { .string($0.sentence) } ?? .null,
      "refused_at_x4": .array(refusals(info).map { .string($0) }),
    ]).text
  }

  /// The formats that could not hold the picture at four times its size, and why.
  private func refusals(_ info: PictureInfo) -> [String] {
    PictureFormat.allCases.compactMap { format in
      do throws(UpscaleError) {
        try PictureEncoder.check(
          width: info.displayWidth * 4, height: info.displayHeight * 4, layout: info.layout,
          format: format)
        return nil
      } catch {
        return Refusal(error).sentence
      }
    }
  }

  private func name(of layout: Picture.Layout) -> String {
    switch layout {
    case .gray: "gray"
    case .grayAlpha: "gray+alpha"
    case .rgb: "rgb"
    case .rgba: "rgba"
    }
  }
}
