import SystemSupport

/// The Winograd-transformed weights of a few convolutions.
///
/// They are 4 times as large as the plain ones (36 values for 9; in integers twice), so those of a
/// large network are transformed anew for each use, unless they are kept (`KeptWeights`).
///
/// `@unchecked Sendable`: they are written by `load` alone, before anyone else has them.
final class TransformedWeights: @unchecked Sendable {
  private let precision: Precision
  private let buffer: AlignedBuffer
  /// For each thread, what is in floats before it is rounded to integers.
  private let scratch: AlignedBuffer
  let pointers: [UnsafePointer<Float>]

  /// Takes memory for convolutions of these shapes.
  convenience init(
    like convolutions: [Convolution], precision: Precision = .exact, threads: Int = 1
  ) throws(UpscaleError) {
    try self.init(
      like: convolutions, precision: precision,
      scratch: AlignedBuffer(count: Self.scratchCount(precision) * threads))
  }

  /// The weights of convolutions of the shapes, and the precision, of others, whose scratch memory
  /// serves for these too.
  convenience init(
    _ convolutions: [Convolution], besides other: TransformedWeights, on engine: Engine
  ) throws(UpscaleError) {
    try self.init(like: convolutions, precision: other.precision, scratch: other.scratch)
    load(convolutions, on: engine)
  }

  private init(
    like convolutions: [Convolution], precision: Precision, scratch: AlignedBuffer
  ) throws(UpscaleError) {
    self.precision = precision
    self.scratch = scratch
    buffer = try AlignedBuffer(
      count: convolutions.reduce(0) { $0 + $1.transformedCount(precision) })
    var pointers: [UnsafePointer<Float>] = []
    var offset = 0
    for convolution in convolutions {
      pointers.append(UnsafePointer(buffer.pointer + offset))
      offset += convolution.transformedCount(precision)
    }
    self.pointers = pointers
  }

  /// Bytes of weights of these shapes without scratch memory.
  static func keptByteCount(_ convolutions: [Convolution], precision: Precision) -> Int {
    AlignedBuffer.byteCount(convolutions.reduce(0) { $0 + $1.transformedCount(precision) })
  }

  /// Bytes for these convolutions.
  static func byteCount(
    _ convolutions: [Convolution], precision: Precision = .exact, threads: Int = 1
  ) -> Int {
    keptByteCount(convolutions, precision: precision)
      + AlignedBuffer.byteCount(scratchCount(precision) * threads)
  }

  private static func scratchCount(_ precision: Precision) -> Int {
    precision == .exact ? 0 : Convolution.integerScratchCount
  }

  /// Transforms the weights of convolutions of the shapes given at first.
  func load(_ convolutions: [Convolution], on engine: Engine) {
    struct Item {
      let convolution: Convolution
      let group: Int
      /// A block of input channels, or a group of those that are summed in integers.
      let inputs: Int
      let target: UnsafeMutablePointer<Float>
    }
    var items: [Item] = []
    var start = buffer.pointer
    for convolution in convolutions {
      for group in 0..<convolution.groupCount {
        let target = start + convolution.transformedOffset(ofGroup: group, precision)
        items += convolution.lanes(precision).indices.map {
          Item(convolution: convolution, group: group, inputs: $0, target: target)
        }
      }
      start += convolution.transformedCount(precision)
    }
    engine.pool.parallelFor(items.count) { index, thread in
      let item = items[index]
      switch precision {
      case .exact:
        item.convolution.transform(
          group: item.group, block: item.inputs, into: item.target, kernels: engine.kernels)
      case .fast:
        item.convolution.transformToIntegers(
          group: item.group, inputs: item.inputs, into: item.target,
          scratch: scratch.pointer + thread * Convolution.integerScratchCount,
          kernels: engine.kernels)
      }
    }
  }
}
