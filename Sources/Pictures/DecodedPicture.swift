/// A picture, and facts about the file it came from.
public struct DecodedPicture: Sendable {
  /// The pixels, upright.
  public let picture: Picture
  /// What the file says.
  public let info: PictureInfo
  /// What was lost, and faults of the file that were tolerated, a sentence each. Wrong pixels are `damage`.
  public let warnings: [String]
  /// What is wrong with the pixels, or nil where the picture is whole.
  public let damage: PictureDamage?
}
