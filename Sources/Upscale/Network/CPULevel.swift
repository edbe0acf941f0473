public import SystemSupport

/// A set of kernels compiled for one level of CPU, chosen once when a network is prepared.
///
/// `UPSCALE_CPU_LEVEL` (`baseline`, `avx2` or `avx512`; on 64-bit ARM `baseline` or `neon`) asks for a
/// lower level than the machine has, for tests and for comparing; a level the machine lacks is not
/// granted.
public enum CPULevel: String, Sendable, CaseIterable, Comparable {
  /// What every CPU of the architecture has.
  case baseline
  #if arch(arm64)
    /// 64-bit ARM with 128-bit vectors.
    case neon
  #else
    /// x86-64-v3: AVX2 and FMA, 256-bit vectors.
    case avx2
    /// x86-64-v4: AVX-512 (F, BW, CD, DQ, VL), 512-bit vectors.
    case avx512
  #endif

  /// The name for people: `AVX-512`.
  public var name: String {
    switch self {
    case .baseline: "baseline"
    #if arch(arm64)
      case .neon: "NEON"
    #else
      case .avx2: "AVX2"
      case .avx512: "AVX-512"
    #endif
    }
  }

  #if arch(arm64)
    /// The highest level that this machine runs.
    public static let highest = CPULevel.neon
  #else
    /// The highest level that this machine runs.
    public static let highest: CPULevel =
      switch ProcessorLevel.x86 {
      case 4...: .avx512
      case 3: .avx2
      default: .baseline
      }
  #endif

  /// Whether this level has instructions that make `Precision.fast` fast: VPMADDWD, or with 512 bits
  /// VPDPWSSD (VNNI).
  public var isFastWithIntegers: Bool {
    switch self {
    case .baseline: false
    #if arch(arm64)
      case .neon: false
    #else
      case .avx2: true
      case .avx512: ProcessorLevel.hasVNNI
    #endif
    }
  }

  /// The level to use: the highest, or what `UPSCALE_CPU_LEVEL` says.
  ///
  /// - Throws: `.configuration` for an unknown level, and for one that the machine does not have.
  public static func current() throws(UpscaleError) -> CPULevel {
    guard let name = Environment["UPSCALE_CPU_LEVEL"] else { return highest }
    guard let level = CPULevel(rawValue: name) else {
      let known = allCases.map(\.rawValue).joined(separator: ", ")
      throw UpscaleError(
        .configuration, "UPSCALE_CPU_LEVEL is '\(name)'; it must be one of \(known)")
    }
    guard level <= highest else {
      throw UpscaleError(
        .configuration, "UPSCALE_CPU_LEVEL asks for \(level.name), which this CPU does not have")
    }
    return level
  }

  public static func < (left: CPULevel, right: CPULevel) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}
