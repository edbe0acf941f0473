/// The Winograd-transformed weights of a few convolutions.
///
/// They are 4 times as large as the plain ones (36 values for 9; in integers twice), so those of a
/// large network are transformed anew for each use: a dense block's take under 1 % of the time that
/// computing 128x128 pixels with them takes.
final class TransformedWeights {
  private let precision: Precision
  private let buffer: AlignedBuffer
  /// For each thread, a group of outputs in floats before they are rounded to integers.
  private let scratch: AlignedBuffer
  private let scratchCount: Int
  private(set) var pointers: [UnsafePointer<Float>] = []

  /// Takes memory for convolutions of these shapes.
  init(
    like convolutions: [Convolution], precision: Precision = .exact, threads: Int = 1
  ) throws(UpscaleError) {
    self.precision = precision
    buffer = try AlignedBuffer(
      count: convolutions.reduce(0) { $0 + $1.transformedCount(precision) })
    scratchCount = Self.scratchCount(convolutions, precision)
    scratch = try AlignedBuffer(count: scratchCount * threads)
    var offset = 0
    for convolution in convolutions {
      pointers.append(UnsafePointer(buffer.pointer + offset))
      offset += convolution.transformedCount(precision)
    }
  }

  /// Bytes for these convolutions.
  static func byteCount(
    _ convolutions: [Convolution], precision: Precision = .exact, threads: Int = 1
  ) -> Int {
    let floats =
      convolutions.reduce(0) { $0 + $1.transformedCount(precision) }
      + scratchCount(convolutions, precision) * threads
    return floats * MemoryLayout<Float>.size
  }

  private static func scratchCount(_ convolutions: [Convolution], _ precision: Precision) -> Int {
    precision == .exact ? 0 : convolutions.map(\.integerScratchCount).max() ?? 0
  }

  /// Transforms the weights of convolutions of the shapes given at first.
  func load(_ convolutions: [Convolution], on engine: Engine) {
    struct Item {
      let convolution: Convolution
      let group: Int
      /// nil for all blocks.
      let block: Int?
      let target: UnsafeMutablePointer<Float>
    }
    var items: [Item] = []
    var start = buffer.pointer
    for convolution in convolutions {
      for group in 0..<convolution.groupCount {
        let target = start + convolution.transformedOffset(ofGroup: group, precision)
        switch precision {
        case .exact:
          items += convolution.inputLanes.indices.map {
            Item(convolution: convolution, group: group, block: $0, target: target)
          }
        case .fast:
          items.append(Item(convolution: convolution, group: group, block: nil, target: target))
        }
      }
      start += convolution.transformedCount(precision)
    }
    // Large ones first, so that no thread is left with one at the end.
    items.sort { $0.convolution.inputChannels > $1.convolution.inputChannels }
    engine.pool.parallelFor(items.count) { index, thread in
      let item = items[index]
      if let block = item.block {
        item.convolution.transform(
          group: item.group, block: block, into: item.target, kernels: engine.kernels)
      } else {
        item.convolution.transformToIntegers(
          group: item.group, into: item.target, scratch: scratch.pointer + thread * scratchCount,
          kernels: engine.kernels)
      }
    }
  }
}
