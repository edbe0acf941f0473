/// Profiles of colour spaces that everybody knows.
enum StandardProfile {
  /// sRGB.
  static let srgb =
    ProfileBuilder.rgb(name: "sRGB", primaries: .srgb, transfer: .srgb) ?? []

  /// Gray with the curve of sRGB.
  static let srgbGray = ProfileBuilder.gray(name: "Gray with the curve of sRGB", transfer: .srgb)
}
