/// Checks ICC profiles before they are kept, or handed to a library that interprets them.
enum ICCProfile {
  /// Why a profile cannot go with pixels of `layout`, or nil if it can.
  ///
  /// The checks are those without which a reader would refuse the profile or apply one made for
  /// another kind of pixel.
  static func complaint(about profile: [UInt8], layout: Picture.Layout) -> String? {
    complaint(about: profile, space: ProfileSpace(layout))
  }

  /// Why a profile cannot go with pixels of a colour space, or nil if it can.
  static func complaint(about profile: [UInt8], space: ProfileSpace) -> String? {
    guard profile.count >= 128, profile.hasText("acsp", at: 36),
      profile.number(at: 0, size: 4, bigEndian: true) == profile.count, hasSoundTable(profile)
    else { return "the colour profile is damaged and was left out" }
    guard profile.count <= PictureLimits.metadataBytes else {
      return "the colour profile is larger than 4 MiB and was left out"
    }
    guard deviceClasses.contains(where: { profile.hasText($0, at: 12) }),
      connectionSpaces.contains(where: { profile.hasText($0, at: 20) })
    else { return "the colour profile is not that of a device's colours and was left out" }
    guard profile.hasText(space.rawValue, at: 16) else {
      return "the colour profile is not made for \(space.name) pixels and was left out"
    }
    return nil
  }

  /// Displays, scanners, printers, colour spaces: not links between devices, effects and named colours.
  private static let deviceClasses = ["mntr", "scnr", "prtr", "spac"]

  private static let connectionSpaces = ["XYZ ", "Lab "]

  /// Whether all tags lie within the profile.
  private static func hasSoundTable(_ profile: [UInt8]) -> Bool {
    // Without a table nothing can point outside.
    guard let count = profile.number(at: 128, size: 4, bigEndian: true) else { return true }
    guard count <= (profile.count - 132) / 12 else { return false }
    for entry in stride(from: 132, to: 132 + 12 * count, by: 12) {
      guard let offset = profile.number(at: entry + 4, size: 4, bigEndian: true),
        let size = profile.number(at: entry + 8, size: 4, bigEndian: true),
        offset <= profile.count, size <= profile.count - offset
      else { return false }
    }
    return true
  }
}
