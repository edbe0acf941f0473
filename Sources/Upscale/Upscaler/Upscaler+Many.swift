package import SystemSupport

/// For callers that enlarge many pictures one after the other.
extension Upscaler {
  /// Multiply-accumulate operations that one application of the network to a picture takes; of eight with the
  /// self-ensemble.
  package func multiplyAdds(width: Int, height: Int) -> Int {
    guard usesSelfEnsemble else { return network.multiplyAdds(width: width, height: height) }
    return 4
      * (network.multiplyAdds(width: width, height: height)
        + network.multiplyAdds(width: height, height: width))
  }

  /// Bytes of the buffers for untiled pictures up to a size.
  package func bufferBytes(width: Int, height: Int) -> Int {
    let (width, height) = rounded(width, height)
    return network.workspaceBytes(width: width, height: height, threads: threads)
  }

  /// Bytes of the buffers that are kept for the next picture.
  package var keptBufferBytes: Int {
    workspaces.keptSize.map { bufferBytes(width: $0.width, height: $0.height) } ?? 0
  }

  /// Whether the kept buffers are large enough for an untiled picture.
  package func keepsBuffers(width: Int, height: Int) -> Bool {
    let (width, height) = rounded(width, height)
    return workspaces.keptSize.map { $0.width >= width && $0.height >= height } ?? false
  }

  /// Allocates buffers for untiled pictures up to a size, so that the pictures that follow allocate none:
  /// allocations of many sizes would fragment the heap.
  ///
  /// - Throws: `.memory` without memory.
  package func prepareBuffers(width: Int, height: Int) throws(UpscaleError) {
    workspaces.keep(try workspace(for: rounded(width, height)))
  }

  /// Frees the buffers that are kept for the next picture.
  package func releaseBuffers() { _ = workspaces.take(width: .max, height: .max) }

  /// Keeps transformed weights for many pictures of up to a size: see `KeptWeights`.
  ///
  /// - Returns: bytes that this will take, for all that share the weights; 0 where it does not pay,
  ///   or is done.
  package func keepWeights(width: Int, height: Int, within bytes: Int) -> Int {
    let needed = weightBytes(worthKeepingFor: width * height)
    guard needed > 0, needed <= bytes else { return 0 }
    network.keepWeights()
    return needed
  }

  private func rounded(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
    let step = network.unshuffle
    let size = ((width + step - 1) / step * step, (height + step - 1) / step * step)
    // A tile that is transposed, too, needs buffers for a square.
    return usesSelfEnsemble ? (max(size.0, size.1), max(size.0, size.1)) : size
  }
}
