import ArgumentParser
import BatchMode
import Upscale

/// `upscale batch INPUT... OUTPUT`: folders of pictures.
struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Enlarges folders of pictures.",
    discussion: """
      Looks through each INPUT, a folder or a file, and mirrors the folders below OUTPUT: the content \
      of a single INPUT folder goes to OUTPUT itself, each of several gets a folder of its name. What \
      is a picture is known by its content; the rest is skipped and counted.

      A second run does what is missing: OUTPUT/.upscale-batch.jsonl records of what input and with \
      which settings each output was made. Any number of runs may work on one OUTPUT, on several \
      machines too. One bad file never stops the others; a full disk does.

      Examples:
        upscale batch photos photos-4x
        upscale batch photos big --format webp --name '{stem}_{scale}x.{ext}'
        find photos -newer stamp -print0 | upscale batch --files-from - -0 big
        upscale batch photos big --shard 2/8
        upscale batch photos photos --name '{stem}_{scale}x.{ext}'
        upscale batch photos big --report big.html
        upscale batch --merge-report big-1 big-2 > report.jsonl

      Exit codes: 0, all is done; 1, some pictures failed; 2, all is done, but some pictures were not \
      whole; else as 'upscale --help' says, and nothing more was done.
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders and files to enlarge, and last the folder for the outputs.",
      valueName: "input> ... <output"))
  var paths: [String] = []

  @OptionGroup(title: "Files") var files: BatchFileOptions
  @OptionGroup(title: "Network") var engine: EngineOptions
  @OptionGroup(title: "Network") var use: NetworkUseOptions
  @OptionGroup(title: "Output") var form: OutputOptions
  @OptionGroup(title: "Output") var colors: ColorOptions
  @OptionGroup(title: "Limits") var memory: MemoryOptions
  @OptionGroup(title: "Limits") var limitOptions: LimitOptions
  @OptionGroup(title: "Messages") var talk: TalkOptions

  @Flag(help: "Say which outputs would be made, a line each, and stop there.")
  var dryRun = false

  @Flag(help: "Go on with files that come into the folders, when they are complete, until stopped.")
  var watch = false

  @Flag(
    help: """
      Print what the runs of several folders or journals came to, as JSON lines, and stop there.
      """)
  var mergeReport = false

  @Option(
    help: ArgumentHelp(
      """
      Write a page about all that OUTPUT's runs did, for a browser: figures, failures, pictures before \
      and after.
      """, valueName: "file.html"))
  var report: String?

  @Flag(help: "Do everything again, whatever is done already.")
  var force = false

  @Option(
    help: ArgumentHelp(
      """
      Do one of N parts: 2/8, or 'auto' for that of a Slurm array task or a Kubernetes Indexed Job.
      """, valueName: "i/n"))
  var shard: String?

  func validate() throws {
    try use.validate(with: engine.model, scale: form.scale)
    if report == "-" { throw ValidationError("--report needs the name of a file, not '-'") }
    if report != nil, dryRun {
      throw ValidationError("--dry-run does nothing that --report could tell of")
    }
    if let empty = paths.first(where: \.isEmpty) {
      throw ValidationError("the name of an input or output is empty ('\(empty)')")
    }
    if mergeReport {
      guard !paths.isEmpty else {
        throw ValidationError("--merge-report needs folders of outputs, or their journals")
      }
      return
    }
    if watch, dryRun || files.filesFrom != nil {
      throw ValidationError("--watch is for folders: leave out --files-from and --dry-run")
    }
    guard paths.count > (files.filesFrom == nil ? 1 : 0) else {
      throw ValidationError(
        "name at least one input and the folder for the outputs: upscale batch INPUT OUTPUT")
    }
    if files.filesFrom != nil, paths.count > 2 {
      throw ValidationError(
        "with --files-from name one INPUT at most: the folder that the list's names are in")
    }
  }

  func run() throws {
    try Console.serving(talk, run)
  }

  private func run(_ console: Console) throws(UpscaleError) -> Outcome {
    if let report { try OutputFile.check(path: report) }
    if mergeReport { return try merge(console) }
    let (request, requested) = try request(console)
    let reporter = BatchReporter(console, verbose: talk.verbose)
    var skipped: [JournalEntry] = []
    let budget = request.budget
    console.warnOfExcess(budget)
    let run = { (isCancelled: @escaping () -> Bool) in
      BatchRun(
        request,
        makeUpscaler: { () throws(UpscaleError) in
          let upscaler = try engine.makeUpscaler(of: requested.model, used: use, keeping: budget)
          if let note = engine.note(on: upscaler) { console.warn(note) }
          return upscaler
        },
        observe: { event in
          reporter.take(event)
          if report != nil, case .finished(let entry, _) = event, case .skipped = entry.outcome {
            skipped.append(entry)
          }
        }, tick: reporter.tick, isCancelled: isCancelled)
    }
    if dryRun {
      let planned = run { false }
      let plan = try planned.plan()
      for item in plan.items {
        try Console.printResult(
          talk.json
            ? JSON.object([
              "input": .path(item.source.path),
              "output": .path(request.output.appending(item.output)),
            ]).text
            : "\(item.source.path.text) -> \(request.output.appending(item.output).text)")
      }
      reporter.finish(planned.summary, planned.progress, isDry: true)
      return planned.summary.outcome
    }
    var batch: BatchRun?
    do throws(UpscaleError) {
      try StopSignals.windingDown { isCancelled throws(UpscaleError) in
        let started = run(isCancelled)
        batch = started
        if watch { try started.watch() } else { try started.run() }
      } beforeEnd: {
        if let batch { reporter.finish(batch.summary, batch.progress) }
      }
    } catch {
      if let batch, batch.progress.filesBehind > 0 {
        reporter.finish(batch.summary, batch.progress)
      }
      throw error
    }
    guard let batch else { return .done }
    reporter.finish(batch.summary, batch.progress)
    if let report {
      var page = BatchReport(
        title: "\(request.output.text)", model: requested.name, settings: request.settings,
        journals: try JournalMerge([request.output]), skipped: skipped,
        seconds: batch.summary.seconds)
      page.comparisonMemory = max(0, budget.free / 2)
      page.meaning = Refusal.meaning
      try page.write(to: report)
    }
    return batch.summary.outcome
  }

  /// Joins the journals of several runs.
  private func merge(_ console: Console) throws(UpscaleError) -> Outcome {
    let merged = try JournalMerge(paths.map { BytePath($0) })
    if merged.damagedLines > 0 {
      console.warn("\(merged.damagedLines) damaged lines of the journals are ignored")
    }
    if !merged.items.isEmpty {
      try Console.printResult(merged.items.map(\.line.text).joined(separator: "\n"))
    }
    if let report {
      let title = paths.map { BytePath($0).text }.joined(separator: ", ")
      var page = BatchReport(title: title, model: nil, settings: nil, journals: merged)
      page.meaning = Refusal.meaning
      try page.write(to: report)
    }
    let done = merged.items.count - merged.failedCount
    let notWhole = merged.damagedCount
    for item in merged.items {
      if let damage = item.entry.written?.damage {
        console.complain("not whole: '\(item.entry.input.text)': \(damage)")
      }
    }
    console.say(
      "\(done) done, \(merged.failedCount) failed"
        + (notWhole > 0 ? ", \(notWhole) not whole" : ""))
    console.event(
      "done",
      [
        "done": .integer(done), "failed": .integer(merged.failedCount),
        "damaged": .integer(notWhole),
      ])
    return Outcome(failed: merged.failedCount, notWhole: notWhole)
  }

  /// Everything that is asked for.
  private func request(
    _ console: Console
  ) throws(UpscaleError) -> (BatchRequest, RequestedModel) {
    let template = try files.template()
    if let chosen = form.format, let named = template.format, chosen != named {
      throw UpscaleError(
        .usage, "--format \(chosen.rawValue) and the name '\(files.name ?? "")' disagree")
    }
    if let sentence = template.complaint(size: form.size) {
      throw UpscaleError(.usage, sentence)
    }
    let format = form.format ?? template.format
    try form.check(format)
    try colors.check()
    let requested = try engine.requestedModel(scale: form.scale, used: use, console)
    var settings = BatchSettings(
      format: format, encoding: form.writing.encoding, scale: form.scale, target: form.size,
      depth: form.depth, alpha: form.alpha, precision: engine.precision,
      usesSelfEnsemble: use.tta, strength: use.share,
      model: try requested.digest(), modelScale: requested.model.architecture.scale)
    settings.stripsMetadata = form.stripMetadata
    if !form.stripMetadata {
      settings.provenance = requested.provenance(digest: settings.model)
    }
    settings.color = colors.treatment
    var request = BatchRequest(
      inputs: paths.dropLast().map { BytePath($0) }, output: BytePath(paths.last ?? ""),
      settings: settings,
      threads: engine.threads ?? Machine.coreCount, budget: memory.budget(),
      wording: Refusal.wording)
    request.template = template
    request.scan = files.scan
    request.isFlat = files.flat
    request.listed = try files.list()
    request.shard = try shard.map { (text) throws(UpscaleError) in
      try Shard(text, named: "--shard") { Environment[$0] }
    }
    request.keepsExisting = form.noClobber
    request.isForced = force
    request.limits = limitOptions.limits
    return (request, requested)
  }
}

extension Outcome {
  init(failed: Int, notWhole: Int) {
    self = failed > 0 ? .someFailed : notWhole > 0 ? .notWhole : .done
  }
}

extension BatchSummary {
  fileprivate var outcome: Outcome { Outcome(failed: failures.count, notWhole: damaged.count) }
}
