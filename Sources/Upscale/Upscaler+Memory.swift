extension Upscaler {
  /// Refuses a picture whose result could not be held in memory, before any work.
  ///
  /// Tiles bound what the network takes, but the result is held whole, and for a factor that is
  /// not the model's own the picture that it is resampled from as well.
  ///
  /// - Parameters:
  ///   - picture: What is to be enlarged.
  ///   - scale: nil for the model's own factor.
  ///   - depth: Bits of the result's samples.
  /// - Throws: kind `.tryLater` when the result is larger than the memory that is free now.
  public func checkMemory(
    for picture: Picture, scale: Double? = nil, depth: Picture.Depth = .eight
  ) throws(UpscaleError) {
    let size = outputSize(width: picture.width, height: picture.height, scale: scale)
    // Doubles, because the products may exceed an integer.
    let channels = Double(picture.layout.rawValue)
    let target = (width: Double(size.width), height: Double(size.height))
    let result = target.width * target.height * channels * Double(depth.byteCount)
    let factor = Double(self.scale)
    var reached = (width: Double(picture.width), height: Double(picture.height))
    var previous = 0.0
    var needed = result
    repeat {
      reached = (reached.width * factor, reached.height * factor)
      let isResult = reached == target
      let bytes = isResult ? result : reached.width * reached.height * channels * 2
      needed = max(needed, previous + bytes)
      previous = bytes
    } while factor > 1 && (reached.width < target.width || reached.height < target.height)
    if reached != target { needed = max(needed, previous + result) }

    let available = Machine.availableMemory()
    guard needed > Double(available) else { return }
    throw UpscaleError(
      .tryLater,
      "the result of \(size.width) x \(size.height) pixels needs "
        + "\(byteCountText(Int(min(needed, 1e18)))) of memory and \(byteCountText(available)) "
        + "are free: use a smaller scale or a smaller picture")
  }
}
