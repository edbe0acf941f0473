extension ICCProfile {
  /// A profile by which equal red, green and blue look as a gray sample of `profile` does: for formats that
  /// store gray as colours.
  ///
  /// - Returns: nil where the profile has no curve of gray.
  static func colored(gray profile: [UInt8]) -> [UInt8]? {
    guard complaint(about: profile, space: .gray) == nil, let curve = tag("kTRC", of: profile),
      curve.starts(with: Array("curv".utf8)) || curve.starts(with: Array("para".utf8))
    else { return nil }
    return ProfileBuilder.rgb(name: "Gray as colours", grayCurve: curve)
  }

  /// The contents of a tag of a sound profile.
  private static func tag(_ name: String, of profile: [UInt8]) -> [UInt8]? {
    guard let count = profile.number(at: 128, size: 4, bigEndian: true) else { return nil }
    for entry in stride(from: 132, to: 132 + 12 * count, by: 12)
    where profile.hasText(name, at: entry) {
      guard let offset = profile.number(at: entry + 4, size: 4, bigEndian: true),
        let size = profile.number(at: entry + 8, size: 4, bigEndian: true)
      else { return nil }
      return Array(profile[offset..<offset + size])
    }
    return nil
  }
}
