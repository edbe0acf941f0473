import ArgumentParser
import Upscale

/// `upscale inspect FILE`: decoding only.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Says what a picture is and whether it is usable, without enlarging it.",
    discussion: """
      The picture is decoded whole. Exit code 0: 'upscale image' can read it; 2: it can, but the \
      picture is not whole, as standard error says; 65: it would be refused, for the reason on \
      standard error.
      """)

  @Argument(help: ArgumentHelp("The picture; '-' is standard input.", valueName: "file"))
  var file: String

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup(title: "Limits") var limitOptions: LimitOptions

  func run() throws {
    let decoded: DecodedPicture
    do {
      decoded = try PictureInput.decode(file, limits: limitOptions.limits())
    } catch {
      if json {
        try Console.printResult(
          JSON.object([
            "file": .string(file), "usable": false, "exit_code": .integer(Int(error.exitCode)),
            "refusal": .string(error.message),
          ]).text)
      }
      throw error
    }
    try Console.printResult(json ? jsonReport(decoded) : report(decoded))
    if let damage = decoded.damage {
      Console(.standard).complain(
        "\(PictureInput.name(file, standard: "standard input")): \(damage.sentence)")
      Outcome.notWhole.end()
    }
  }

  private func report(_ decoded: DecodedPicture) -> String {
    let info = decoded.info
    var rows = [
      ["file", file == "-" ? "standard input" : file],
      [
        "format",
        info.format.name + (info.isInterlacedOrProgressive ? ", in several passes" : "")
          + (info.frameCount > 1 ? ", animated: \(info.frameCount) frames" : ""),
      ],
      ["size", "\(info.width) × \(info.height)"],
      ["layout", name(of: info.layout)],
      ["depth", "\(info.depth.rawValue) bits"],
      [
        "orientation",
        info.orientation == 1
          ? "upright"
          : "EXIF \(info.orientation), shown as \(decoded.picture.width) × "
            + "\(decoded.picture.height)",
      ],
      ["colour", decoded.info.hasICCProfile ? "ICC profile" : "no profile (sRGB is assumed)"],
    ]
    for warning in decoded.warnings { rows.append(["warning", warning]) }
    if let damage = decoded.damage { rows.append(["not whole", damage.sentence]) }
    for refusal in refusals(decoded.picture) { rows.append(["at x4", refusal]) }
    return table(rows)
  }

  private func jsonReport(_ decoded: DecodedPicture) -> String {
    let info = decoded.info
    return JSON.object([
      "file": .string(file), "usable": true, "format": .string(info.format.rawValue),
      "width": .integer(info.width), "height": .integer(info.height),
      "layout": .string(name(of: info.layout)), "depth": .integer(info.depth.rawValue),
      "orientation": .integer(info.orientation), "icc": .boolean(info.hasICCProfile),
      "interlaced": .boolean(info.isInterlacedOrProgressive), "frames": .integer(info.frameCount),
      "warnings": .array(decoded.warnings.map { .string($0) }),
      "damage": decoded.damage.map { .string($0.sentence) } ?? .null,
      "refused_at_x4": .array(refusals(decoded.picture).map { .string($0) }),
    ]).text
  }

  /// The formats that could not hold the picture at four times its size, and why.
  private func refusals(_ picture: Picture) -> [String] {
    PictureFormat.allCases.compactMap { format in
      do throws(UpscaleError) {
        try PictureEncoder.check(
          width: picture.width * 4, height: picture.height * 4, layout: picture.layout,
          format: format)
        return nil
      } catch {
        return error.message
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
