import ArgumentParser
import BotMode
import Upscale

/// `upscale bot`: a Telegram bot that enlarges what its users send.
struct BotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bot",
    abstract: "Serves a Telegram bot that enlarges the pictures sent to it.",
    discussion: """
      Make a bot with BotFather and give its token here: in the variable TELEGRAM_BOT_TOKEN, in a \
      file '.env' of the current folder (TELEGRAM_BOT_TOKEN=…), or by --token-file. With --token \
      other users of this machine can see it for a moment, and the shell may keep it.

      Users send photos, files and stickers and get them back enlarged, as files. What was accepted \
      is kept in --state-dir until it is answered: the bot can be stopped or killed at any time and \
      goes on where it was. Pictures are decoded and computed in a process of its own that can reach \
      neither the network nor other files.

      SIGTERM and Ctrl-C end it within ten seconds. Proxies are taken from HTTPS_PROXY.

      Examples:
        TELEGRAM_BOT_TOKEN=… upscale bot
        upscale bot --token-file token --admin 1234567 --max-memory 2G
        upscale bot --check-health --health-file /run/upscale-bot

      Exit codes: 64, no token; 69, not healthy (--check-health); 75, another one is running; 77, no \
      permission; 78, a token that Telegram does not know, or no libcurl; 130 and 143, ended by \
      SIGINT and SIGTERM.
      """)

  @Option(help: ArgumentHelp("The bot's token; better give it in another way.", valueName: "token"))
  var token: String?

  @Option(
    help: ArgumentHelp("A file with the token; '-' is standard input.", valueName: "file"))
  var tokenFile: String?

  @OptionGroup(title: "Network") var engine: BotEngineOptions
  @OptionGroup(title: "Users") var users: BotUserOptions
  @OptionGroup(title: "Limits") var memory: MemoryOptions
  @OptionGroup(title: "Limits") var limits: BotLimitOptions

  @Option(
    help: ArgumentHelp(
      """
      Where unfinished work and settings are kept. (default: upscale/bot in XDG_STATE_HOME, or in \
      ~/.local/state)
      """, valueName: "dir"))
  var stateDir: String?

  @Option(
    help: ArgumentHelp(
      "The Bot API server; plain http only to this machine.", valueName: "url"))
  var apiRoot = APIRoot.telegram.text

  @Flag(
    help: """
      The server runs on this machine with --local: files are taken from its folders, and its \
      limits (512 MB in, 2000 MB out) hold.
      """)
  var apiLocal = false

  @Option(
    help: ArgumentHelp(
      """
      Whether pictures are decoded behind the kernel's walls (Landlock, seccomp): 'auto' as far as \
      it has them, 'require' or not at all, 'off' never.
      """, valueName: "auto|require|off"))
  var sandbox = "auto"

  @Option(
    help: ArgumentHelp(
      "A file to write anew whenever Telegram was heard from.", valueName: "file"))
  var healthFile: String?

  @Flag(
    help: "Say whether the bot that writes --health-file is well, by the exit code, and stop there."
  )
  var checkHealth = false

  @Flag(
    name: .shortAndLong,
    help: "Log each step; never names, texts, pictures or the token.")
  var verbose = false

  /// Seconds that the service gets to come to rest.
  private static let grace = 10

  func run() throws {
    if checkHealth {
      guard let healthFile else {
        throw UpscaleError(.usage, "--check-health needs the --health-file that the bot writes")
      }
      try Health.check(healthFile)
      return
    }
    var sources = BotTokenSources(argument: token, file: tokenFile)
    sources.folder = "."
    let (found, warnings) = try sources.find()
    let console = Console(TalkOptions.standard)
    for warning in warnings { console.warn(warning) }
    var settings = BotSettings(
      token: found, stateFolder: try stateDir ?? StateFolder.standard())
    settings.root = try APIRoot(apiRoot)
    settings.isLocal = apiLocal
    settings.healthFile = healthFile
    settings.isVerbose = verbose
    switch sandbox {
    case "auto": settings.sandbox = .automatic
    case "require": settings.sandbox = .required
    case "off": settings.sandbox = .off
    default:
      throw UpscaleError(.usage, "--sandbox must be auto, require or off, not '\(sandbox)'")
    }
    try engine.apply(to: &settings)
    try users.apply(to: &settings)
    try limits.apply(to: &settings)
    if let text = memory.maxMemory {
      let budget = try memory.budget()
      settings.maxMemory = budget.bytes
      console.warnOfExcess(budget)
      guard budget.excessiveLimit != nil || budget.bytes >= 256 << 20 else {
        throw UpscaleError(
          .usage, "--max-memory must be 256MiB or more for a bot, not '\(text)'")
      }
    }
    do throws(UpscaleError) {
      try StopSignals.serving(grace: Self.grace) { (wait) throws(UpscaleError) in
        try BotService(settings).run(signals: wait)
      }
    } catch {
      console.refuse(error)
    }
  }
}

/// Which networks, and how they are computed.
struct BotEngineOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The network for photos: a name of 'upscale model list', or a weight file.",
      valueName: "name|file"))
  var model = "realesrgan-x4plus"

  @Option(
    help: ArgumentHelp("How networks are computed; see 'upscale image'.", valueName: "exact|fast"))
  var precision = Precision.exact.rawValue

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Threads to compute with. (default: the cores this process may use)", valueName: "n"))
  var threads: WholeNumber?

  func apply(to settings: inout BotSettings) throws(UpscaleError) {
    var options = EngineOptions.standard
    options.threads = threads
    options.precision = precision
    try options.check()
    // Better refused now than at the first picture.
    _ = try ModelReference(model).load()
    settings.model = model
    settings.threads = threads?.value
    settings.precision = Precision(rawValue: precision) ?? .exact
  }
}

/// Who is served.
struct BotUserOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      Serve only this user or group, by its Telegram number; may be repeated. Others are told their \
      numbers. (default: everybody)
      """, valueName: "number"))
  var allowUser: [Int64] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A user who may ask for /stats; may be repeated, and is always served.", valueName: "number"))
  var admin: [Int64] = []

  func apply(to settings: inout BotSettings) throws(UpscaleError) {
    settings.allowed = allowUser.isEmpty ? nil : Set(allowUser)
    settings.admins = Set(admin)
  }
}

/// What is too much.
struct BotLimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Pictures of one user at a time.", valueName: "n"))
  var maxPerUser: WholeNumber = 10

  @Option(help: ArgumentHelp("Pictures of all users at a time.", valueName: "n"))
  var maxQueue: WholeNumber = 100

  @Option(help: ArgumentHelp("Refuse a picture of more pixels than this.", valueName: "n"))
  var maxPixels: WholeNumber = 25_000_000

  @Option(
    help: ArgumentHelp(
      "Refuse a picture that would take longer than this.", valueName: "minutes"))
  var maxMinutes: WholeNumber = 30

  func apply(to settings: inout BotSettings) throws(UpscaleError) {
    settings.maxPerUser = try maxPerUser.check("--max-per-user", in: 1...1000)
    settings.maxJobs = try maxQueue.check("--max-queue", in: 1...100_000)
    settings.maxPixels = try maxPixels.check("--max-pixels", in: 1...100_000_000)
    settings.maxMinutes = try maxMinutes.check("--max-minutes", in: 1...1440)
  }
}
