/// The colour space of the pixels that an ICC profile is for.
enum ProfileSpace: String {
  case gray = "GRAY"
  case rgb = "RGB "
  case cmyk = "CMYK"

  init(_ layout: Picture.Layout) { self = layout.isGray ? .gray : .rgb }

  /// As words for people.
  var name: String {
    switch self {
    case .gray: "gray"
    case .rgb: "RGB"
    case .cmyk: "CMYK"
    }
  }

  /// Channels without alpha.
  var channelCount: Int {
    switch self {
    case .gray: 1
    case .rgb: 3
    case .cmyk: 4
    }
  }
}
