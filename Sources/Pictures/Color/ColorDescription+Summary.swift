extension ColorDescription {
  /// What counts of all that is said, in a few words for people; nil where nothing is said.
  var summary: String? {
    switch meaning {
    case .unsaid: nil
    case .srgb: "sRGB"
    case .profile: "ICC profile"
    case .space(let name, _, _): name
    case .inexpressible(let points):
      points.name + (points.highDynamicRange.map { ", \($0)" } ?? "")
        + (points.isFullRange ? "" : ", narrow range")
    }
  }
}
