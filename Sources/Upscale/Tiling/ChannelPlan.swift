package import Pictures

/// Which of a picture's channels are computed, and what becomes of the others.
///
/// Alpha that is the same everywhere is not computed, but added to the result again; it is left out where
/// everything is opaque. A gray picture that is stored in colours is computed as a gray one, so that it gains
/// no tint.
package struct ChannelPlan: Sendable, Hashable {
  /// The channels of the picture that is read.
  package let source: Picture.Layout
  /// The channels that are computed.
  package let computed: Picture.Layout
  /// The channels of the result.
  package let result: Picture.Layout
  /// Alpha of the whole result, in the picture's depth, where the result has one that is not computed.
  package let constantAlpha: Int?
  /// How alpha that is computed is enlarged.
  let treatment: AlphaTreatment
  /// Whether alpha is a mask with hard edges.
  let hasHardAlpha: Bool
  /// What colour is spread to under transparent pixels that are far from visible ones, 0…1.
  let spreadColor: SIMD3<Float>

  /// The share of steps in the changes of alpha from which its edges are hard. Masks that are smoothed by
  /// antialiasing alone have 0.86 and more, and are enlarged best by the Real-ESRGAN networks; those blurred
  /// by a standard deviation of 0.7 pixels have 0.63 and less, and are enlarged best by resampling.
  private static let hardShare = 0.75

  /// All channels as they are, alpha resampled: what is planned with where the samples are not known.
  package init(_ layout: Picture.Layout) {
    source = layout
    computed = layout
    result = layout
    constantAlpha = nil
    treatment = .automatic
    hasHardAlpha = false
    spreadColor = .zero
  }

  /// - Parameters:
  ///   - layout: the picture's channels.
  ///   - content: what its samples are like.
  ///   - depth: its bits of a sample.
  ///   - treatment: what is made of alpha.
  ///   - network: one that makes colours of gray gets gray stored in colours as it is stored; one that takes
  ///     alpha gets alpha that is alike everywhere, too.
  package init(
    _ layout: Picture.Layout, content: PictureContent, depth: Picture.Depth,
    treatment: AlphaTreatment, network: any Network
  ) {
    source = layout
    let isDropped = layout.hasAlpha && treatment == .drop
    let keepsAlpha = layout.hasAlpha && !isDropped && content.constantAlpha != depth.maximum
    let computesAlpha =
      keepsAlpha && (content.constantAlpha.map { network.takesAlpha && $0 != 0 } ?? true)
    // Where the alpha is dropped, or alike everywhere, colours of invisible pixels count.
    let isGray =
      layout.isGray
      || !network.colorsGray && (computesAlpha ? content.isVisiblyGray : content.isGray)
    computed = Picture.Layout(isGray: isGray, hasAlpha: computesAlpha)
    result = Picture.Layout(isGray: layout.isGray, hasAlpha: keepsAlpha)
    constantAlpha = keepsAlpha && !computesAlpha ? content.constantAlpha : nil
    self.treatment = treatment
    hasHardAlpha = computesAlpha && content.alphaHardness >= Self.hardShare
    spreadColor = content.visibleColor
  }

  /// Whether the rows that are computed are those that are read.
  var readsAsStored: Bool { source == computed && !hidesColors }
  /// Whether the rows that are computed are those of the result.
  package var givesAsComputed: Bool { computed == result }
  /// Whether nothing of the picture is visible, so that none of its colours may reach the result.
  private var hidesColors: Bool { constantAlpha == 0 }

  /// Leaves out the channels that are not computed.
  ///
  /// - Parameters:
  ///   - rows: pixels of `source`.
  ///   - depth: their bits of a sample.
  ///   - target: room for as many pixels of `computed`; may be the same memory.
  func reduce(
    _ rows: UnsafeMutableRawBufferPointer, depth: Picture.Depth,
    into target: UnsafeMutableRawBufferPointer
  ) {
    guard !hidesColors else {
      target.initializeMemory(as: UInt8.self, repeating: 0)
      return
    }
    switch depth {
    case .eight: reduce(UnsafeRawBufferPointer(rows), of: UInt8.self, into: target)
    case .sixteen: reduce(UnsafeRawBufferPointer(rows), of: UInt16.self, into: target)
    }
  }

  @inline(__always)
  private func reduce<Sample: BitwiseCopyable>(
    _ rows: UnsafeRawBufferPointer, of: Sample.Type, into target: UnsafeMutableRawBufferPointer
  ) {
    let size = MemoryLayout<Sample>.size
    let (from, to, colors) = (source.rawValue, computed.rawValue, computed.colorCount)
    // From the first pixel on: no pixel grows, so that none is written over before it is read.
    for pixel in 0..<rows.count / (from * size) {
      let (read, write) = (pixel * from, pixel * to)
      for channel in 0..<to {
        let place = read + (channel < colors ? channel : from - 1)
        target.storeBytes(
          of: rows.loadUnaligned(fromByteOffset: place * size, as: Sample.self),
          toByteOffset: (write + channel) * size, as: Sample.self)
      }
    }
  }

  /// Adds the channels that were not computed.
  ///
  /// - Parameters:
  ///   - rows: pixels of `computed`.
  ///   - depth: their bits of a sample.
  ///   - sourceDepth: bits of `constantAlpha`.
  ///   - target: room for as many pixels of `result`.
  func expand(
    _ rows: UnsafeRawBufferPointer, depth: Picture.Depth, sourceDepth: Picture.Depth,
    into target: UnsafeMutableRawBufferPointer
  ) {
    let alpha = constantAlpha.map { sourceDepth.converted($0, to: depth) } ?? 0
    switch depth {
    case .eight: expand(rows, alpha: UInt8(clamping: alpha), into: target)
    case .sixteen: expand(rows, alpha: UInt16(clamping: alpha), into: target)
    }
  }

  @inline(__always)
  private func expand<Sample: BitwiseCopyable>(
    _ rows: UnsafeRawBufferPointer, alpha: Sample, into target: UnsafeMutableRawBufferPointer
  ) {
    let size = MemoryLayout<Sample>.size
    let (from, to, colors) = (computed.rawValue, result.rawValue, result.colorCount)
    for pixel in 0..<rows.count / (from * size) {
      let (read, write) = (pixel * from, pixel * to)
      for channel in 0..<to {
        let value: Sample
        if channel < colors {
          let place = read + (computed.isGray ? 0 : channel)
          value = rows.loadUnaligned(fromByteOffset: place * size, as: Sample.self)
        } else if computed.hasAlpha {
          value = rows.loadUnaligned(fromByteOffset: (read + from - 1) * size, as: Sample.self)
        } else {
          value = alpha
        }
        target.storeBytes(of: value, toByteOffset: (write + channel) * size, as: Sample.self)
      }
    }
  }
}
