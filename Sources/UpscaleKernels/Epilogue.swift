/// What happens to a register tile's sums on their way to memory: activation, residuals, store.
@frozen public struct Epilogue<Level: KernelLevel> {
  /// Where the tile's first and second vector of output channels go.
  @usableFromInline let first: Destination<Level>
  @usableFromInline let second: Destination<Level>

  /// For the tile that starts at a pixel of the row and a channel of its group. With one vector
  /// `second` is never used.
  @_alwaysEmitIntoClient @inline(__always)
  init(_ row: ConvolutionRow, pixel: Int, channel: Int, vectors: Int) {
    first = Destination(row, pixel: pixel, channel: channel)
    second =
      vectors == 1
      ? first : Destination(row, pixel: pixel, channel: channel &+ Level.Vector.scalarCount)
  }
}

/// The place and the treatment of one vector of output channels, from the tile's first pixel on.
@frozen public struct Destination<Level: KernelLevel> {
  @usableFromInline let output: UnsafeMutablePointer<Float>
  @usableFromInline let residual: UnsafeMutablePointer<Float>?
  @usableFromInline let secondResidual: UnsafeMutablePointer<Float>?
  @usableFromInline let slope: Level.Vector
  @usableFromInline let scale: Level.Vector
  @usableFromInline let hasActivation: Bool

  @_alwaysEmitIntoClient @inline(__always)
  init(_ row: ConvolutionRow, pixel: Int, channel: Int) {
    let block = channel / channelBlock
    let offset = row.outputOffset &+ pixel &* channelBlock &+ channel % channelBlock
    output = row.outputs[block] + offset
    if let planes = row.residual { residual = planes[block] + offset } else { residual = nil }
    if let planes = row.secondResidual {
      secondResidual = planes[block] + offset
    } else {
      secondResidual = nil
    }
    slope = loadVector(row.slope + channel, as: Level.Vector.self)
    scale = Level.Vector(repeating: row.residualScale)
    hasActivation = row.hasActivation
  }

  @_alwaysEmitIntoClient @inline(__always)
  init(_ call: WinogradOutput, channel: Int) {
    let block = channel / channelBlock
    let offset = channel % channelBlock
    output = call.outputs[block] + offset
    if let planes = call.residual { residual = planes[block] + offset } else { residual = nil }
    if let planes = call.secondResidual {
      secondResidual = planes[block] + offset
    } else {
      secondResidual = nil
    }
    slope = loadVector(call.slope + channel, as: Level.Vector.self)
    scale = Level.Vector(repeating: call.residualScale)
    hasActivation = call.hasActivation
  }

  /// Finishes one pixel's sums and writes them `at` floats from the tile's first pixel.
  @_alwaysEmitIntoClient @inline(__always)
  func store(_ sums: Level.Vector, at: Int) {
    var value = hasActivation ? Level.activated(sums, slope: slope) : sums
    if let residual {
      value = scale * value + loadVector(residual + at, as: Level.Vector.self)
    }
    if let secondResidual {
      value = scale * value + loadVector(secondResidual + at, as: Level.Vector.self)
    }
    storeVector(value, output + at)
  }
}
