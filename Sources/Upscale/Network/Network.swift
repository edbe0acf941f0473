import Pictures
package import SystemSupport

/// A network prepared for computing: weights packed, shapes known.
///
/// One conformance is one architecture. A network is immutable; its activations live in a
/// `NetworkWorkspace` of its own making, sized for the largest tile.
package protocol Network: Sendable {
  /// Factor between the sides of input and output.
  var scale: Int { get }
  /// Factor by which the input is pixel-unshuffled first: tiles start and end on its multiples.
  var unshuffle: Int { get }
  var inputChannels: Int { get }
  var outputChannels: Int { get }
  /// Input pixels to compute around a tile whose core is to be kept.
  var tileHalo: Int { get }

  /// Whether a picture in tiles has the bytes that it has untiled; else no 8-bit sample is more than
  /// one level off.
  var isExactInTiles: Bool { get }

  /// Whether it enlarges edges from black to white within a pixel well, such as those of masks.
  var suitsHardEdges: Bool { get }

  /// Multiply-accumulate operations for a tile of this size in input pixels.
  func multiplyAdds(width: Int, height: Int) -> Int
  /// Bytes of the workspace for tiles up to this size in input pixels.
  func workspaceBytes(width: Int, height: Int, threads: Int) -> Int
  /// Bytes that `keepWeights` would take for good; 0 where it has nothing to do, or has done it.
  var weightBytesToKeep: Int { get }
  /// Pixels of a tile up to which that is worth it.
  var keepingArea: Int { get }
  /// From now on transformed weights are kept, and not made anew for each tile.
  func keepWeights()
  /// Buffers for tiles up to this size in input pixels.
  func makeWorkspace(
    width: Int, height: Int, engine: Engine
  ) throws(UpscaleError) -> any NetworkWorkspace
}

extension Network {
  /// How often the network is applied to a tile. A gray network is applied to each colour by itself,
  /// as if it were a gray picture. A network that makes three channels of one is applied to the luma.
  func applications(to layout: Picture.Layout) -> Int { subjects(of: layout).count }

  /// What the network is applied to, one after the other.
  ///
  /// - Parameters:
  ///   - layout: the picture's channels.
  ///   - takesAlpha: whether alpha is one of them.
  /// - Returns: the colours, then alpha.
  func subjects(of layout: Picture.Layout, takingAlpha takesAlpha: Bool = false) -> [NetworkSubject]
  {
    let colors: [NetworkSubject] =
      takesColorsApart
      ? (0..<layout.colorCount).map { .color($0) } : [inputChannels == 1 ? .luma : .colors]
    return colors + (takesAlpha ? [.alpha] : [])
  }

  /// Whether it is applied to each colour by itself.
  var takesColorsApart: Bool { inputChannels == 1 && outputChannels == 1 }
  /// Whether it makes colours of gray.
  var colorsGray: Bool { inputChannels == 1 && outputChannels > 1 }
  /// Whether alpha is one of the channels that it takes.
  var takesAlpha: Bool { inputChannels == 4 }
  /// Whether it makes alpha, too.
  var makesAlpha: Bool { outputChannels == 4 }

  package var suitsHardEdges: Bool { true }
  package var weightBytesToKeep: Int { 0 }
  package var keepingArea: Int { 0 }
  package func keepWeights() {}
}
