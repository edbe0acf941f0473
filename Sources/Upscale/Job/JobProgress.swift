import Pictures

/// Estimates how much of a job is done, from the seconds that each of its parts has taken so far and the
/// share of each that is left.
///
/// The share of the network's work alone would be 100 % while a large PNG is still being written. A part
/// that has not begun is estimated by its time on a reference machine, scaled by how fast the network is
/// on this one.
struct JobProgress {
  /// The parts of a job, which alternate.
  enum Part: Int {
    case read, network, write
  }

  private struct Account {
    /// Seconds that the whole part takes on the reference machine.
    var usual: Double
    var seconds = 0.0
    /// What is done of it, 0…1.
    var share = 0.0
  }

  private var accounts: [Account]
  /// Seconds that were spent once, before the work: allocating memory.
  var setUpSeconds = 0.0

  /// Below this share a part's own time is too short to estimate by.
  private static let telling = 0.02

  /// - Parameter usual: seconds that each part takes on the reference machine.
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
    // How much slower this machine is than the reference machine. Only the network's time is compared:
    // the time of codecs depends on the picture.
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
        write: written
          * Self.secondsToWrite(
            spec.format, lossless: spec.encoding.storesWebPLosslessly)
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
  /// Multiply-adds a second that the network computes on the reference machine's cores.
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
