import SystemSupport
import UpscaleKernels

/// A 3x3 convolution with few outputs, packed for the direct kernel whose vectors hold input
/// channels: a network's last.
///
/// The vectors of the Winograd kernels hold 16 outputs, of which it would use three: it took 2 % of a
/// network's time. This way it takes 0.8 %.
final class NarrowConvolution: Sendable {
  let outputs: Int
  let blocks: Int
  private let weights: AlignedBuffer
  private let bias: AlignedBuffer

  static func byteCount(_ convolution: Convolution) -> Int {
    AlignedBuffer.byteCount(weightCount(convolution))
      + AlignedBuffer.byteCount(convolution.outputChannels)
  }

  private static func weightCount(_ convolution: Convolution) -> Int {
    narrowWeightCount(
      blocks: convolution.inputLanes.count, outputs: convolution.outputChannels)
  }

  /// - Throws: `.memory` without memory.
  init(_ convolution: Convolution) throws(UpscaleError) {
    outputs = convolution.outputChannels
    blocks = convolution.inputLanes.count
    weights = try AlignedBuffer(count: Self.weightCount(convolution))
    bias = try AlignedBuffer(count: outputs)
    for output in 0..<outputs {
      bias.pointer[output] = convolution.bias(ofGroup: 0)[output]
      let group = output / narrowOutputs * blocks
      for (block, lanes) in convolution.inputLanes.enumerated() {
        for tap in 0..<9 {
          let row = ((group + block) * 9 + tap) * narrowOutputs + output % narrowOutputs
          for lane in 0..<lanes {
            weights.pointer[row * channelBlock + lane] = convolution.weight(
              output: output, block: block, lane: lane, tap: tap)
          }
        }
      }
    }
  }

  /// Computes pixels of a row.
  ///
  /// - Parameters:
  ///   - lines: for each block the rows above, at and below, at the pixel left of the first.
  ///   - pixels: how many.
  ///   - result: `[x][outputs]`.
  ///   - kernels: the CPU level's.
  func run(
    _ lines: UnsafePointer<UnsafePointer<Float>>, pixels: Int,
    into result: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    var call = NarrowRow(
      lines: lines, blocks: blocks, weights: weights.pointer, bias: bias.pointer,
      outputs: outputs, pixels: pixels, result: result)
    kernels.convolveNarrow(&call)
  }
}
