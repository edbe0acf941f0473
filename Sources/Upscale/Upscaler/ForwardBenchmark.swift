import Pictures
public import SystemSupport

/// Times the forward pass of a network in this process, from samples in memory to samples in
/// memory: no files, no codecs, weights already packed.
public enum ForwardBenchmark {
  /// What was measured.
  public struct Measurement: Sendable {
    /// The model's name.
    public let model: String
    /// Columns of the input.
    public let width: Int
    /// Rows of the input.
    public let height: Int
    /// Threads that computed.
    public let threads: Int
    /// `exact` or `fast`.
    public let precision: String
    /// The CPU level of the kernels.
    public let cpu: String
    /// The median wall time of a pass, in seconds.
    public let seconds: Double
    /// The shortest wall time of a pass, in seconds.
    public let minimum: Double
    /// Multiply-adds of the network's definition a second, in 10⁹; Winograd's algorithm computes fewer.
    public let gmacs: Double
  }

  /// Measures passes over a picture of noise.
  ///
  /// - Parameters:
  ///   - upscaler: the network, and the threads and kernels to run it with.
  ///   - width: columns of the input; its pixels are noise from a fixed seed.
  ///   - height: rows of the input.
  ///   - runs: passes that count; two more go before them, of which the first takes memory and the
  ///     second keeps weights, where that is worth it.
  ///   - observer: told of each pass and asked at each layer.
  /// - Returns: the median and the least time of a pass.
  /// - Throws: as `Upscaler.upscale`.
  public static func run(
    upscaler: Upscaler, width: Int, height: Int, runs: Int,
    observer: WorkObserver = WorkObserver()
  ) throws(UpscaleError) -> Measurement {
    try MemoryExhaustion.require(width * height * 3, for: "the picture")
    let picture = noise(width: width, height: height)
    var seconds: [Double] = []
    for run in 0..<2 + max(1, runs) {
      let start = monotonicSeconds()
      _ = try upscaler.upscale(picture, observer: observer)
      if run > 1 { seconds.append(monotonicSeconds() - start) }
    }
    seconds.sort()
    let median = (seconds[seconds.count / 2] + seconds[(seconds.count - 1) / 2]) / 2
    let multiplyAdds =
      upscaler.multiplyAdds(width: width, height: height)
      * upscaler.network.applications(to: picture.layout)
    return Measurement(
      model: upscaler.model.name, width: width, height: height, threads: upscaler.threads,
      precision: upscaler.precision.rawValue, cpu: upscaler.cpuLevel.name, seconds: median,
      minimum: seconds[0], gmacs: Double(multiplyAdds) / median / 1e9)
  }

  private static func noise(width: Int, height: Int) -> Picture {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    let bytes = (0..<width * height * 3).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    return Picture(width: width, height: height, layout: .rgb, bytes: bytes)
  }
}
