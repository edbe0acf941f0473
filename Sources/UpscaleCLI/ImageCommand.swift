import ArgumentParser
import Glibc
import Upscale

/// `upscale image INPUT OUTPUT`: one picture.
struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "Enlarges one picture.",
    discussion: """
      Reads PNG, JPEG and WebP, known by their content; writes what OUTPUT's name says. OUTPUT is \
      replaced only when the new picture is complete. Every limit that can be known early (the \
      format's largest side, the folder, the rights) is checked before the computing begins.
      """)

  @Argument(
    help: ArgumentHelp("The picture to enlarge; '-' is standard input.", valueName: "input"))
  var input: String

  @Argument(
    help: ArgumentHelp("The picture to write; '-' is standard output.", valueName: "output"))
  var output: String

  @OptionGroup(title: "Network") var engine: EngineOptions
  @OptionGroup(title: "Output") var form: OutputOptions
  @OptionGroup(title: "Limits") var limitOptions: LimitOptions
  @OptionGroup(title: "Messages") var talk: TalkOptions

  func run() {
    let console = Console(talk)
    do {
      try run(console)
    } catch {
      console.refuse(error)
    }
  }

  private func run(_ console: Console) throws(UpscaleError) {
    try talk.check()
    try engine.check()
    let limits = try limitOptions.limits()
    let format = try form.format(output: output)
    try form.check(format)
    try checkOutput()

    let decoded = try PictureInput.decode(input, limits: limits)
    let picture = decoded.picture
    for warning in decoded.warnings {
      console.warn("\(PictureInput.name(input, standard: "standard input")): \(warning)")
    }
    console.detail(
      "input   \(picture.width) × \(picture.height), \(decoded.info.format.name), read in "
        + "\(fixed(console.elapsed, digits: 2)) s")

    for loss in PictureEncoder.losses(of: picture, as: format) {
      console.warn("\(PictureInput.name(output, standard: "standard output")): \(loss)")
    }

    let upscaler = try engine.makeUpscaler()
    if let note = engine.note(on: upscaler) { console.warn(note) }
    let size = upscaler.outputSize(
      width: picture.width, height: picture.height, scale: form.scale)
    try PictureEncoder.check(
      width: size.width, height: size.height, layout: picture.layout, format: format)
    let depth = form.depth(of: picture, format: format)
    console.detail(
      "engine  \(engine.model), \(upscaler.cpuLevel.name), \(upscaler.precision.rawValue), "
        + "\(upscaler.threads) "
        + (upscaler.threads == 1 ? "thread" : "threads")
        + (engine.tile.map { ", tiles of \($0) pixels" } ?? ""))
    console.event(
      "start",
      [
        "model": .string(engine.model), "cpu": .string(upscaler.cpuLevel.name),
        "precision": .string(upscaler.precision.rawValue),
        "threads": .integer(upscaler.threads),
        "input_width": .integer(picture.width), "input_height": .integer(picture.height),
        "width": .integer(size.width), "height": .integer(size.height),
      ])

    let result = try compute(picture, with: upscaler, depth: depth, console)
    let encodingStart = ContinuousClock.now
    let bytes = try PictureEncoder.encode(result, as: format, options: form.encoding)
    try write(bytes)
    console.detail(
      "output  \(result.width) × \(result.height), \(format.name), \(byteCountText(bytes.count)), "
        + "written in \(fixed(seconds(ContinuousClock.now - encodingStart), digits: 2)) s")
    console.event(
      "done",
      [
        "output": output == "-" ? .null : .string(output), "format": .string(format.rawValue),
        "width": .integer(result.width), "height": .integer(result.height),
        "bytes": .integer(bytes.count), "seconds": .number(console.elapsed, digits: 3),
      ])
  }

  /// Everything about OUTPUT that can be refused before the work.
  private func checkOutput() throws(UpscaleError) {
    if OutputFile.isSameFile(input: input, output: output) {
      throw UpscaleError(
        .usage, "input and output are the same file ('\(output)'); choose another name")
    }
    if output != "-" {
      try OutputFile.check(path: output, refusingExisting: form.noClobber)
    } else if isatty(STDOUT_FILENO) != 0 {
      throw UpscaleError(
        .usage, "standard output is a terminal; redirect it or name a file")
    }
  }

  private func compute(
    _ picture: Picture, with upscaler: Upscaler, depth: Picture.Depth, _ console: Console
  ) throws(UpscaleError) -> Picture {
    let start = ContinuousClock.now
    let result = try StopSignals.windingDown { isCancelled throws(UpscaleError) in
      try upscaler.upscale(
        picture, scale: form.scale, depth: depth,
        progress: { console.progress($0, since: start) }, isCancelled: isCancelled)
    } beforeEnd: {
      console.clearProgress()
    }
    console.clearProgress()
    console.detail("network \(fixed(seconds(ContinuousClock.now - start), digits: 2)) s")
    return result
  }

  private func write(_ bytes: [UInt8]) throws(UpscaleError) {
    if output == "-" {
      try OutputFile.writeToStandardOutput(bytes)
    } else {
      try OutputFile.write(bytes, to: output, refusingExisting: form.noClobber)
    }
  }
}
