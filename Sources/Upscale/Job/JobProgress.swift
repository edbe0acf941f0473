import Pictures

/// How far a job is: from what each of its parts has taken so far, and what is left of each.
///
/// A share of the network's work alone would stand at 100 % while a large PNG is still written. Parts
/// that have not begun count by what they take elsewhere, in proportion to how fast the network is
/// here.
struct JobProgress {
  /// What a job does, in turns.
  enum Part: Int {
    case read, network, write
  }

  private struct Account {
    /// Seconds that all of it takes on the machine that the figures come from.
    var usual: Double
    var seconds = 0.0
    /// What is done of it, 0…1.
    var share = 0.0
  }

  private var accounts: [Account]
  /// What had to be done once before, in seconds: taking memory.
  var setUpSeconds = 0.0

  /// Below this share a part's own time says little.
  private static let telling = 0.02

  /// - Parameter usual: what each part would take elsewhere, in seconds.
  init(usual: (read: Double, network: Double, write: Double)) {
    accounts = [usual.read, usual.network, usual.write].map { Account(usual: $0) }
  }

  /// Notes that a part went on.
  ///
  /// - Parameters:
  ///   - part: which.
  ///   - seconds: what it has taken in all.
  ///   - share: what is done of it, 0…1.
  mutating func note(_ part: Part, seconds: Double, share: Double) {
    accounts[part.rawValue].seconds = seconds
    accounts[part.rawValue].share = min(1, share)
  }

  /// Seconds that are left.
  var remaining: Double {
    // How much slower than there things are here. The network alone tells: what codecs take depends
    // on the picture.
    let network = accounts[Part.network.rawValue]
    let slowness =
      network.share >= Self.telling && network.usual > 0
      ? network.seconds / (network.usual * network.share) : 1
    return accounts.reduce(0) { sum, account in
      let whole =
        account.share >= Self.telling
        ? account.seconds / account.share : account.usual * slowness
      return sum + whole * (1 - account.share)
    }
  }

  /// What is done of the whole, 0…1.
  var fraction: Double {
    let spent = accounts.reduce(setUpSeconds) { $0 + $1.seconds }
    let whole = spent + remaining
    return whole > 0 ? spent / whole : 0
  }
}

extension JobProgress {
  /// For a job as planned.
  init(_ plan: WorkPlan, spec: OutputSpec, input: PictureFormat, upscaler: Upscaler) {
    let written = Double(plan.output.height * plan.output.rowByteCount)
    let read = Double(plan.input.height * plan.input.rowByteCount)
    self.init(
      usual: (
        read: read * Self.secondsToRead(input),
        network: Double(plan.multiplyAdds) / upscaler.usualSpeed,
        write: written * Self.secondsToWrite(spec.format, lossless: spec.encoding.lossless)
      ))
  }

  // A byte of samples on a Zen 5 core of 3.8 GHz, photographs.

  private static func secondsToRead(_ format: PictureFormat) -> Double {
    switch format {
    case .png: 8e-9
    case .jpeg: 4e-9
    case .webp: 8e-9
    }
  }

  private static func secondsToWrite(_ format: PictureFormat, lossless: Bool) -> Double {
    switch format {
    case .png: 33e-9
    case .jpeg: 6e-9
    case .webp: lossless ? 150e-9 : 19e-9
    }
  }
}

extension Upscaler {
  /// Multiply-adds a second that the network computes on that machine's cores.
  fileprivate var usualSpeed: Double {
    let perThread: Double =
      switch cpuLevel {
      case .baseline: 30e9
      #if arch(arm64)
        case .neon: 30e9
      #else
        case .avx2: 180e9
        case .avx512: 330e9
      #endif
      }
    return perThread * Double(threads) * (precision == .fast ? 1.5 : 1)
  }
}
