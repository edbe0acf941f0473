import Upscale

/// Decides in which order a batch computes its pictures, and which of them get all threads.
///
/// It decides by sizes only, and uses no files, threads or clocks.
struct BatchScheduler {
  /// What is known of a picture before it is read.
  struct Picture {
    /// Pixels of the input.
    var pixels: Int
    /// Multiply-adds of one application of the network.
    var multiplyAdds: Double
  }

  private let pictures: [Picture]
  private let threads: Int
  private let multiplyAddsPerOutputPixel: Double

  /// Multiply-adds from which a picture is worth computing on all threads: with two threads, 6 % of the
  /// time is lost for pictures of this size.
  static let multiplyAddsOfThread = 100e9
  /// Multiply-adds for a pixel of the result above which the time of encoding is negligible.
  static let multiplyAddsOfEncoding = 200e3

  /// - Parameters:
  ///   - pictures: all of the batch.
  ///   - threads: that may compute.
  ///   - multiplyAddsPerOutputPixel: what the network takes for a pixel of its result.
  init(_ pictures: [Picture], threads: Int, multiplyAddsPerOutputPixel: Double) {
    self.pictures = pictures
    self.threads = threads
    self.multiplyAddsPerOutputPixel = multiplyAddsPerOutputPixel
  }

  /// Indices of all pictures: large ones first, so that at the end no core is idle while another computes
  /// a large one, and so that a lack of memory shows early. A size class is a power of two of pixels;
  /// within one, the given order stays.
  var order: [Int] {
    let classes = Dictionary(grouping: pictures.indices) {
      Int.bitWidth - pictures[$0].pixels.leadingZeroBitCount
    }
    return classes.sorted { $0.key > $1.key }.flatMap(\.value)
  }

  /// Parts pictures into those that are computed side by side, a thread each, and those that all
  /// threads compute one at a time.
  ///
  /// A picture is large when all threads do it about as well as one of them does, at a fraction of the
  /// memory; or when the others would be idle for long while one computes it at the end.
  ///
  /// - Parameter items: indices of what is left to be done.
  /// - Returns: the same indices in two parts, each in the given order.
  func phases(of items: [Int]) -> (small: [Int], large: [Int]) {
    guard threads > 1 else { return (items, []) }
    let sum = items.reduce(0) { $0 + pictures[$1].multiplyAdds }
    var limit = sum / Double(4 * threads)
    // With a network that takes no more time than encoding, half of the work uses one thread only.
    if multiplyAddsPerOutputPixel > Self.multiplyAddsOfEncoding {
      limit = min(limit, Self.multiplyAddsOfThread * Double(threads))
    }
    var (small, large) = ([Int](), [Int]())
    for item in items {
      if pictures[item].multiplyAdds > limit { large.append(item) } else { small.append(item) }
    }
    return (small, large)
  }
}

extension BatchScheduler {
  /// For planned items and the network that enlarges them.
  init(
    _ items: [BatchPlan.Item], settings: BatchSettings, upscaler: Upscaler, threads: Int
  ) {
    let side = Double(upscaler.scale)
    self.init(
      items.map { item in
        let size = item.source.likelySize
        return Picture(
          pixels: item.source.pixels,
          multiplyAdds: settings.usesNetwork(size, of: upscaler)
            ? Double(upscaler.multiplyAdds(width: size.width, height: size.height)) : 0)
      },
      threads: threads,
      multiplyAddsPerOutputPixel: Double(upscaler.multiplyAdds(width: 64, height: 64))
        / (64 * 64 * side * side))
  }
}

extension BatchSettings {
  fileprivate func usesNetwork(
    _ size: (width: Int, height: Int), of upscaler: Upscaler
  ) -> Bool {
    upscaler.usesNetwork(width: size.width, height: size.height, scale: scale, target: target)
  }
}
