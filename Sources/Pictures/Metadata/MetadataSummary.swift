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
    summary.dotsPerInch = density.map { SIMD2($0.dotsPerInch.x, $0.dotsPerInch.y) }
    summary.textKeys = texts.map(\.keyword)
    summary.commentCount = comments.count
    summary.unkept = unkept
    return summary
  }
}
