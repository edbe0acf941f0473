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

  /// Seconds in which the service has to stop.
  private static let grace = 10

  /// The folder of the state where none is chosen.
  private static func standardFolder() throws(UpscaleError) -> String {
    do throws(UpscaleError) {
      return try StateFolder.standard()
    } catch {
      throw UpscaleError(error.cause, error.message + "; give one with --state-dir")
    }
  }

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
      token: found, stateFolder: try stateDir ?? Self.standardFolder())
    do throws(UpscaleError) {
      settings.root = try APIRoot(apiRoot)
    } catch {
      throw UpscaleError(error.cause, "--api-root: \(error.message)")
    }
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
