import ArgumentParser
import Upscale

/// Which network, and how it is computed.
struct EngineOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The network: a name of 'upscale model list', or a weight file.", valueName: "name|file"))
  var model = "realesrgan-x4plus"

  @Option(
    help: ArgumentHelp(
      """
      How the network is computed: 'exact' equals the reference network; 'fast' takes about two \
      thirds of the time and is at most one 8-bit level off.
      """, valueName: "exact|fast"))
  var precision = Precision.exact.rawValue

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Threads to compute with. (default: the cores this process may use)", valueName: "n"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Side of a tile in input pixels. (default: chosen by size and memory)", valueName: "n"))
  var tile: Int?

  /// What holds if nothing is said.
  static let standard: EngineOptions = {
    var options = EngineOptions()
    options.model = "realesrgan-x4plus"
    options.precision = Precision.exact.rawValue
    options.threads = nil
    options.tile = nil
    return options
  }()

  func check() throws(UpscaleError) {
    if let threads, !(1...1024).contains(threads) {
      throw UpscaleError(.usage, "--threads must be from 1 to 1024, not \(threads)")
    }
    guard Precision(rawValue: precision) != nil else {
      throw UpscaleError(.usage, "--precision must be exact or fast, not '\(precision)'")
    }
    if let tile, !(16...32_768).contains(tile) {
      throw UpscaleError(.usage, "--tile must be from 16 to 32768 pixels, not \(tile)")
    }
  }

  /// The model, ready.
  ///
  /// - Parameter promise: checked before the weights are taken into memory.
  /// - Returns: what enlarges.
  /// - Throws: kind `.badModel`, and `.tryLater` for weights that break the promise.
  func makeUpscaler(keeping promise: MemoryPromise? = nil) throws(UpscaleError) -> Upscaler {
    try makeUpscaler(of: Self.load(model), keeping: promise)
  }

  /// The same, of a model that was loaded already.
  func makeUpscaler(
    of model: Model, keeping promise: MemoryPromise?
  ) throws(UpscaleError) -> Upscaler {
    try promise?.check(model)
    return try Upscaler(
      model: model, precision: Precision(rawValue: precision) ?? .exact, threads: threads,
      tileSize: tile)
  }

  /// What to tell people when they do not get the precision they asked for.
  func note(on upscaler: Upscaler) -> String? {
    guard upscaler.precision.rawValue != precision else { return nil }
    return
      "this CPU (\(upscaler.cpuLevel.name)) has no instructions that would make "
      + "--precision \(precision) faster; computing with \(upscaler.precision.rawValue)"
  }

  /// The model of that name or in that file; a weight file needs no catalogue.
  static func load(_ nameOrPath: String) throws(UpscaleError) -> Model {
    if nameOrPath.hasSuffix(".safetensors") || nameOrPath.hasSuffix(".param") {
      return try Model.load(path: nameOrPath)
    }
    return try ModelCatalog.standard().load(nameOrPath)
  }
}

/// What is too much: limits on what is read.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Refuse an input of more pixels than this.", valueName: "n"))
  var maxPixels = PictureLimits().pixels

  @Option(
    help: ArgumentHelp("Refuse an input with a side longer than this.", valueName: "n"))
  var maxSide = PictureLimits().side

  @Option(
    help: ArgumentHelp("Refuse an input file of more bytes than this.", valueName: "n"))
  var maxFileSize = PictureLimits().fileBytes

  func limits() throws(UpscaleError) -> PictureLimits {
    for (name, value) in [
      ("--max-pixels", maxPixels), ("--max-side", maxSide), ("--max-file-size", maxFileSize),
    ] where value < 1 {
      throw UpscaleError(.usage, "\(name) must be at least 1, not \(value)")
    }
    var limits = PictureLimits()
    limits.pixels = maxPixels
    limits.side = maxSide
    limits.fileBytes = maxFileSize
    return limits
  }
}

/// What the process may hold.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The most memory this process may hold, such as 800M or 2GiB; a picture that needs more is \
      refused before the work. (default: 70 % of what is free)
      """, valueName: "size"))
  var maxMemory: String?

  /// What the process may hold.
  func promise() throws(UpscaleError) -> MemoryPromise {
    guard let maxMemory else { return MemoryPromise() }
    guard let bytes = MemoryPromise.parse(maxMemory) else {
      throw UpscaleError(
        .usage, "--max-memory must be a size such as 800M or 2GiB, not '\(maxMemory)'")
    }
    return MemoryPromise(bytes: bytes)
  }
}

/// How much the command says, and to whom.
struct TalkOptions: ParsableArguments {
  @Flag(help: "Report on standard error as JSON, one object a line.")
  var json = false

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say what is used and how long each step takes.")
  var verbose = false

  /// Plain words, for refusals before the options are known.
  static let standard: TalkOptions = {
    var options = TalkOptions()
    options.json = false
    options.quiet = false
    options.verbose = false
    return options
  }()

  func check() throws(UpscaleError) {
    if quiet, verbose { throw UpscaleError(.usage, "choose one of --quiet and --verbose") }
  }
}
