/// What the samples of a picture are like, found by looking at all of them.
package struct PictureContent: Sendable, Hashable {
  /// Whether red, green and blue are equal in every pixel, transparent ones included.
  package var isGray = false
  /// Whether red, green and blue are equal in every pixel that is not fully transparent.
  package var isVisiblyGray = false
  /// The alpha of all pixels, in the picture's depth; nil where there is none, or not all have the same.
  package var constantAlpha: Int?
  /// The mean colour of what is visible, weighted by alpha: red, green and blue, 0…1; black where nothing is.
  package var visibleColor = SIMD3<Float>.zero
  /// How much of alpha's change from pixel to pixel is in large steps, 0…1: 1 for a hard mask, 0 for a soft
  /// gradient.
  package var alphaHardness = 0.0

  package init() {}
}
