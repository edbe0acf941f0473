import ArgumentParser
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

      Of a JPEG that is not whole OUTPUT is made of what is there; standard error says what is \
      missing, and the exit code is 2.
      """)

  @Argument(
    help: ArgumentHelp("The picture to enlarge; '-' is standard input.", valueName: "input"))
  var input: String

  @Argument(
    help: ArgumentHelp("The picture to write; '-' is standard output.", valueName: "output"))
  var output: String

  @Argument(help: .hidden)
  var others: [String] = []

  @OptionGroup(title: "Network") var engine: EngineOptions
  @OptionGroup(title: "Network") var use: NetworkUseOptions
  @OptionGroup(title: "Output") var form: OutputOptions
  @OptionGroup(title: "Output") var colors: ColorOptions
  @OptionGroup(title: "Limits") var memory: MemoryOptions

  @Flag(help: "Say how the picture would be computed, in what memory and time, and stop there.")
  var dryRun = false

  @OptionGroup(title: "Limits") var limitOptions: LimitOptions
  @OptionGroup(title: "Messages") var talk: TalkOptions

  func run() throws {
    try Console.serving(talk, run)
  }

  private func run(_ console: Console) throws(UpscaleError) -> Outcome {
    try checkNames()
    let limits = limitOptions.limits
    let format = try form.format(output: output)
    try form.check(format)
    try colors.check()
    try checkOutput()

    let budget = memory.budget()
    console.warnOfExcess(budget)
    console.prepareForExhaustion(about: PictureInput.name(input, standard: "standard input"))
    let bytes = try PictureInput.read(input, limits: limits, memory: budget.free)
    let requested = try engine.requestedModel(scale: form.scale, used: use, console)
    let upscaler = try engine.makeUpscaler(of: requested.model, used: use, keeping: budget)
    if let note = engine.note(on: upscaler) { console.warn(note) }
    let inputName = PictureInput.name(input, standard: "standard input")
    var spec = try form.outputSpec(
      format,
      provenance: form.stripMetadata ? nil : requested.provenance(digest: requested.digest()))
    spec.color = colors.treatment
    let job: PictureJob
    do throws(UpscaleError) {
      job = try PictureJob(
        bytes, limits: limits, spec: spec, upscaler: upscaler, budget: budget)
    } catch {
      throw error.cause.isAboutInput ? error.prefixed(inputName) : error
    }
    for loss in job.losses {
      console.warn("\(PictureInput.name(output, standard: "standard output")): \(loss)")
    }
    let plan = PlanReport(job, model: requested.name, upscaler: upscaler, budget: budget)
    if let warning = plan.warning { console.warn(warning) }
    if dryRun {
      try Console.printResult(plan.text(asJSON: talk.json, seconds: job.estimatedSeconds()))
      return .done
    }
    plan.tell(console)

    let stream =
      output == "-"
      ? OutputStream.standardOutput()
      : try OutputStream(path: output, refusingExisting: form.noClobber)
    let start = ContinuousClock.now
    do throws(UpscaleError) {
      try StopSignals.windingDown { isCancelled throws(UpscaleError) in
        try job.run(
          into: { (part) throws(UpscaleError) in try stream.write(part) },
          observer: WorkObserver(
            progress: { console.progress($0, since: start) }, isCancelled: isCancelled))
      } beforeEnd: {
        console.clearProgress()
      }
    } catch {
      throw error.cause.isAboutInput ? error.prefixed(inputName) : error
    }
    console.clearProgress()
    for warning in job.warnings { console.warn("\(inputName): \(warning)") }
    try stream.finish()
    if let damage = job.damage { console.complain("\(inputName): \(damage.sentence)") }
    let size = job.plan.outputSize
    console.detail(
      "output  \(size.width) × \(size.height), \(format.name), "
        + "\(byteCountText(stream.byteCount)), in "
        + "\(fixed(seconds(ContinuousClock.now - start), digits: 2)) s")
    console.detail("memory  \(byteCountText(MemoryBudget.measuredPeak())) at most")
    console.event(
      "done",
      [
        "output": output == "-" ? .null : .string(output), "format": .string(format.rawValue),
        "width": .integer(size.width), "height": .integer(size.height),
        "bytes": .integer(stream.byteCount), "peak_memory": .integer(MemoryBudget.measuredPeak()),
        "damage": job.damage.map { .string($0.sentence) } ?? .null,
        "seconds": .number(console.elapsed, digits: 3),
      ], isError: job.damage != nil)
    return job.damage == nil ? .done : .notWhole
  }

  func validate() throws {
    try use.validate(with: engine.model, scale: form.scale)
    guard others.isEmpty else {
      throw ValidationError(
        "'image' takes one input and one output, not \(others.count + 2) names; several pictures go "
          + "into a folder by 'upscale batch INPUT... FOLDER'")
    }
    guard !input.isEmpty else { throw ValidationError("the name of the input is empty") }
    guard !output.isEmpty else { throw ValidationError("the name of the output is empty") }
  }

  /// OUTPUT must be a name that a file can have.
  private func checkNames() throws(UpscaleError) {
    if output != "-", BytePath(output).status()?.isFolder == true || output.hasSuffix("/") {
      // The library refuses the name; without this call, the missing format would be refused first.
      try OutputFile.check(path: output)
    }
  }

  /// Everything about OUTPUT that can be refused before the work.
  private func checkOutput() throws(UpscaleError) {
    if OutputFile.isSameFile(input: input, output: output) {
      throw UpscaleError(
        .usage,
        "input and output are the same file ('\(BytePath(output).text)'); choose another name")
    }
    if output != "-" {
      try OutputFile.check(path: output, refusingExisting: form.noClobber)
    } else if StandardStream.output.isTerminal {
      throw UpscaleError(
        .usage, "standard output is a terminal; redirect it or name a file")
    }
  }
}
