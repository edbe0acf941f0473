/// The Winograd-transformed weights of a few convolutions.
///
/// They are 4 times as large as the plain ones (36 values for 9), so those of a large network are
/// transformed anew for each use: a dense block's take under 1 % of the time that computing
/// 128x128 pixels with them takes.
final class TransformedWeights {
  private let buffer: AlignedBuffer
  private(set) var pointers: [UnsafePointer<Float>] = []

  /// Takes memory for convolutions of these shapes.
  init(like convolutions: [Convolution]) throws(UpscaleError) {
    buffer = try AlignedBuffer(count: convolutions.reduce(0) { $0 + $1.transformedCount })
    var offset = 0
    for convolution in convolutions {
      pointers.append(UnsafePointer(buffer.pointer + offset))
      offset += convolution.transformedCount
    }
  }

  /// Bytes for these convolutions.
  static func byteCount(_ convolutions: [Convolution]) -> Int {
    convolutions.reduce(0) { $0 + $1.transformedCount } * MemoryLayout<Float>.size
  }

  /// Transforms the weights of convolutions of the shapes given at first.
  func load(_ convolutions: [Convolution], on engine: Engine) {
    var items: [(convolution: Convolution, block: Int, target: UnsafeMutablePointer<Float>)] = []
    var target = buffer.pointer
    for convolution in convolutions {
      for block in convolution.inputLanes.indices { items.append((convolution, block, target)) }
      target += convolution.transformedCount
    }
    engine.pool.parallelFor(items.count) { index in
      let item = items[index]
      item.convolution.transform(
        block: item.block, into: item.target, kernels: engine.kernels)
    }
  }
}
