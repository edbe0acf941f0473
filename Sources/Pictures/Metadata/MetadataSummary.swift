/// Which metadata a picture's file has.
public struct MetadataSummary: Sendable, Equatable {
  /// Whether there is EXIF.
  public var hasEXIF = false
  /// Whether EXIF says where the picture was taken.
  public var hasPlace = false
  /// Whether EXIF has a note in the camera maker's own form.
  public var hasMakerNote = false
  /// Whether there is an XMP packet.
  public var hasXMP = false
  /// Whether there is IPTC.
  public var hasIPTC = false
  /// Pixels an inch, across and down; nil for none.
  public var dotsPerInch: SIMD2<Double>?
  /// How wide a pixel is, where its height is 1; nil where pixels are square or the file does not say.
  public var pixelAspect: Double?
  /// The keys of a PNG's texts, in their order.
  public var textKeys: [String] = []
  /// Comments of a JPEG.
  public var commentCount = 0
  /// Parts of the file that no output can have, as words for people.
  public var unkept: [String] = []
}

extension PictureMetadata {
  /// What is there.
  var summary: MetadataSummary {
    var summary = MetadataSummary()
    summary.hasEXIF = exif != nil
    summary.hasPlace = exif?.hasPlace == true
    summary.hasMakerNote = exif?.hasMakerNote == true
    summary.hasXMP = xmp != nil
    summary.hasIPTC = photoshop?.hasIPTC == true
    summary.dotsPerInch = density?.dotsPerInch.map { SIMD2($0.x, $0.y) }
    summary.pixelAspect = density.flatMap { $0.x == $0.y ? nil : $0.y / $0.x }
    summary.textKeys = texts.map(\.keyword)
    summary.commentCount = comments.count
    summary.unkept = unkept
    return summary
  }
}
