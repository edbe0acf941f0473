public import CKernelIntrinsics

/// Finishes a register tile's sums: applies activation and residuals, and stores them.
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

/// Where and how one vector of output channels is stored, from the tile's first pixel on.
@frozen public struct Destination<Level: KernelLevel> {
  @usableFromInline let output: UnsafeMutablePointer<Float>
  @usableFromInline let residual: UnsafeMutablePointer<Float>?
  @usableFromInline let secondResidual: UnsafeMutablePointer<Float>?
  @usableFromInline let slope: Level.Vector
  @usableFromInline let scale: Level.Vector
  @usableFromInline let hasActivation: Bool

  @_alwaysEmitIntoClient @inline(__always)
  init(_ row: ConvolutionRow, pixel: Int, channel: Int) {
    self.init(
      outputs: row.outputs, residual: row.residual, secondResidual: row.secondResidual,
      scale: row.residualScale, slope: row.hasActivation ? row.slope : nil, channel: channel,
      offset: row.outputOffset &+ pixel &* channelBlock)
  }

  @_alwaysEmitIntoClient @inline(__always)
  init(_ call: WinogradOutput, channel: Int) {
    self.init(
      outputs: call.outputs, residual: call.residual, secondResidual: call.secondResidual,
      scale: call.residualScale, slope: call.hasActivation ? call.slope : nil,
      channel: channel, offset: 0)
  }

  /// For a vector of channels from `channel` on, at `offset` floats in each plane; no slope means
  /// no activation.
  @_alwaysEmitIntoClient @inline(__always)
  init(
    outputs: UnsafePointer<UnsafeMutablePointer<Float>>,
    residual: UnsafePointer<UnsafeMutablePointer<Float>>?,
    secondResidual: UnsafePointer<UnsafeMutablePointer<Float>>?, scale: Float,
    slope: UnsafePointer<Float>?, channel: Int, offset: Int
  ) {
    let block = channel / channelBlock
    let offset = offset &+ channel % channelBlock
    output = outputs[block] + offset
    if let residual { self.residual = residual[block] + offset } else { self.residual = nil }
    if let secondResidual {
      self.secondResidual = secondResidual[block] + offset
    } else {
      self.secondResidual = nil
    }
    hasActivation = slope != nil
    self.slope =
      if let slope { loadVector(slope + channel, as: Level.Vector.self) } else {
        Level.Vector(repeating: 1)
      }
    self.scale = Level.Vector(repeating: scale)
  }

  /// Finishes one pixel's sums and writes them `at` floats from the tile's first pixel; residuals are
  /// read from there too, or from `residualAt`.
  ///
  /// Where callers pass constants for the activation and the number of residuals, the compiler leaves out
  /// the other cases. A gate replaces both.
  @_alwaysEmitIntoClient @inline(__always)
  func store(
    _ sums: Level.Vector, at: Int, residualAt: Int? = nil, isActivated: Bool? = nil,
    residuals: Int? = nil, gate: Gate = .none
  ) {
    let residualAt = residualAt ?? at
    switch gate {
    case .none: break
    case .swish:
      return storeVector(Level.swish(sums), output + at)
    case .attention:
      let skip = loadVector(residual.unsafelyUnwrapped + residualAt, as: Level.Vector.self)
      return storeVector((sums + skip) * Level.attention(sums), output + at)
    }
    var value =
      isActivated ?? hasActivation ? Level.activated(sums, slope: slope) : sums
    @inline(always) func add(_ residual: UnsafeMutablePointer<Float>) {
      value = Level.multiplyAdd(
        scale, value, loadVector(residual + residualAt, as: Level.Vector.self))
    }
    if let residuals {
      if residuals > 0 { add(residual.unsafelyUnwrapped) }
      if residuals > 1 { add(secondResidual.unsafelyUnwrapped) }
    } else {
      if let residual { add(residual) }
      if let secondResidual { add(secondResidual) }
    }
    storeVector(value, output + at)
  }
  /// Prefetches four pixels' residuals, and the lines that they are written to.
  @_alwaysEmitIntoClient @inline(__always)
  func prefetch(at: Int, residualAt: Int, residuals: Int?) {
    guard residuals ?? 1 > 0 else { return }
    var pixel = 0
    while pixel < 4 {
      let place = pixel &* channelBlock
      ck_prefetch(output + at + place)
      if let residual { ck_prefetch(residual + residualAt + place) }
      if residuals ?? 2 > 1, let secondResidual {
        ck_prefetch(secondResidual + residualAt + place)
      }
      pixel &+= 1
    }
  }
}
