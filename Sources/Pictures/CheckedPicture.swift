/// What is known of a picture that was decoded and not kept.
public struct CheckedPicture: Sendable {
  /// What the file says.
  public let info: PictureInfo
  /// Faults of the file that were tolerated, a sentence each. Wrong pixels are `damage`.
  public let warnings: [String]
  /// What is wrong with the pixels, or nil where the picture is whole.
  public let damage: PictureDamage?
}
