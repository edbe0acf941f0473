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
      """))
  var sandbox = WorkerSettings.Sandbox.automatic

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

  /// Seconds in which the service has to stop.
  private static let grace = 10

  /// Bytes below which the service and its worker cannot do anything.
  private static let leastMemory = 256 << 20

  /// The folder of the state where none is chosen.
  private static func standardFolder() throws(UpscaleError) -> String {
    do throws(UpscaleError) {
      return try StateFolder.standard()
    } catch {
      throw UpscaleError(error.cause, error.message + "; give one with --state-dir")
    }
  }

  private static func sentence(_ warning: BotTokenSources.Warning) -> String {
    switch warning {
    case .wasArgument:
      "a token after --token stays in the shell's history, and other users of this machine could see it "
        + "for a moment; --token-file or TELEGRAM_BOT_TOKEN avoids that"
    case .isReadableByOthers(let name):
      "other users of this machine can read the token in \(name): chmod 600 helps"
    }
  }

  func validate() throws {
    if checkHealth, healthFile == nil {
      throw ValidationError("--check-health needs the --health-file that the bot writes")
    }
  }

  func run() throws {
    if checkHealth, let healthFile {
      try Health.check(healthFile)
      return
    }
    var sources = BotTokenSources(argument: token, file: tokenFile)
    sources.folder = "."
    let (found, warnings) = try sources.find()
    let console = Console(TalkOptions.standard)
    for warning in warnings { console.warn(Self.sentence(warning)) }
    var settings = BotSettings(
      token: found, stateFolder: try stateDir ?? Self.standardFolder())
    do throws(UpscaleError) {
      settings.root = try APIRoot(apiRoot)
    } catch {
      throw UpscaleError(error.cause, "--api-root: \(error.message)")
    }
    settings.isLocal = apiLocal
    settings.healthFile = healthFile
    settings.isVerbose = verbose
    settings.sandbox = sandbox
    try engine.apply(to: &settings)
    users.apply(to: &settings)
    limits.apply(to: &settings)
    if memory.maxMemory != nil {
      let budget = memory.budget()
      settings.maxMemory = budget.bytes
      console.warnOfExcess(budget)
      guard budget.excessiveLimit != nil || budget.bytes >= Self.leastMemory else {
        throw UpscaleError(
          .usage,
          "--max-memory must be 256MiB or more for a bot, not \(byteCountText(budget.bytes))")
      }
    }
    try StopSignals.serving(grace: Self.grace) { (wait) throws(UpscaleError) in
      try BotService(settings).run(signals: wait)
    }
  }
}
