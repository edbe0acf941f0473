package import Upscale

/// An enlarged picture as it came from the network.
package struct RenderedPicture: Codable, Sendable, Equatable {
  package var file: EncodedFile
  /// How many times larger than the original it is.
  package let scale: Double
  /// What is wrong with the original's pixels, or nil where it was whole.
  package var damage: PictureDamage?

  package init(file: EncodedFile, scale: Double, damage: PictureDamage? = nil) {
    self.file = file
    self.scale = scale
    self.damage = damage
  }
}
