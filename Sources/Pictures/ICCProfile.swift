/// Checks ICC profiles, which are copied as bytes and not interpreted further.
enum ICCProfile {
  /// Why a profile cannot go with pixels of `layout`, or nil if it can.
  ///
  /// The checks are those without which a reader would refuse the profile or apply one made for
  /// another kind of pixel.
  static func complaint(about profile: [UInt8], layout: Picture.Layout) -> String? {
    guard profile.count >= 128, profile.hasText("acsp", at: 36),
      profile.number(at: 0, size: 4, bigEndian: true) == profile.count
    else { return "the colour profile is damaged and was left out" }
    guard profile.count <= PictureLimits.metadataBytes else {
      return "the colour profile is larger than 4 MiB and was left out"
    }
    guard profile.hasText(layout.isGray ? "GRAY" : "RGB ", at: 16) else {
      return "the colour profile is not made for \(layout.isGray ? "gray" : "RGB") pixels"
        + " and was left out"
    }
    return nil
  }
}
