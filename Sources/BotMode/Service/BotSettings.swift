package import Upscale

/// The settings of the service.
package struct BotSettings: Sendable {
  package var token: BotToken
  package var root = APIRoot.telegram
  /// Whether the server runs on this machine in its local mode: it answers with paths, and does not limit
  /// the size of files.
  package var isLocal = false
  /// Where the state is kept, below a folder of the bot's number.
  package var stateFolder: String
  /// The model of the photo look: a name of the catalogue, or a weight file.
  package var model = "realesrgan-x4plus"
  package var threads: Int?
  package var precision = Precision.exact
  /// Bytes that the whole service may hold; nil for 70 % of what is free.
  package var maxMemory: Int?
  /// Users and groups that are served; nil for everybody.
  package var allowed: Set<Int64>?
  package var admins: Set<Int64> = []
  package var maxPerUser = 10
  package var maxJobs = 100
  package var maxPixels = 25_000_000
  package var maxMinutes = 30
  package var isVerbose = false
  /// Written after each successful poll.
  package var healthFile: String?
  package var sandbox = WorkerSettings.Sandbox.automatic

  package init(token: BotToken, stateFolder: String) {
    self.token = token
    self.stateFolder = stateFolder
  }

  /// The models of the other looks.
  static let clean = "span-x4"
  static let anime = "realesrgan-x4plus-anime"
  static let fast = "realesr-animevideov3"

  func model(for look: Look) -> String {
    switch look {
    case .photo: model
    case .clean: Self.clean
    case .anime: Self.anime
    case .fast: Self.fast
    }
  }

  /// The factors of the looks' networks.
  func factors(_ models: [WorkerModel]) -> [String: Int] {
    var factors: [String: Int] = [:]
    for look in Look.allCases {
      factors[look.rawValue] = models.first { $0.name == model(for: look) }?.scale
    }
    return factors
  }

  /// Identifies what the measured speeds depend on.
  var paceKey: String {
    // The CPU level is included, since the state may be moved to another machine.
    let level = (try? CPULevel.current())?.name ?? ""
    return "\(model), \(precision.rawValue), \(threads ?? Machine.coreCount) threads, \(level)"
  }

  /// Bytes of memory that the service itself takes.
  static let ownMemory = 96 << 20

  var rules: BotRules {
    var rules = BotRules()
    rules.allowed = allowed
    rules.admins = admins
    rules.maxPerUser = maxPerUser
    rules.maxJobs = maxJobs
    rules.maxPixels = maxPixels
    rules.maxSeconds = Double(maxMinutes) * 60
    if isLocal {
      rules.maxFileBytes = 512 << 20
      rules.maxResultBytes = 2000 << 20
    }
    return rules
  }

  /// - Parameters:
  ///   - workFolder: the folder of the worker's input and output files.
  ///   - knowsPaces: whether the speeds of all networks are known already.
  /// - Returns: the settings for the worker.
  func worker(workFolder: String, knowsPaces: Bool) -> WorkerSettings {
    var worker = WorkerSettings(
      models: Look.allCases.map { model(for: $0) }, workFolder: workFolder)
    worker.threads = threads
    worker.precision = precision
    worker.maxMemory = maxMemory.map { max(1, $0 - Self.ownMemory) }
    worker.limits.pixels = maxPixels
    worker.limits.resultPixels = maxPixels * 16
    worker.limits.fileBytes = rules.maxFileBytes
    worker.limits.taskSeconds = maxMinutes * 60 * 3
    worker.sandbox = sandbox
    worker.measuresPaces = !knowsPaces
    return worker
  }
}
