/// What a file says of its picture.
public struct PictureInfo: Sendable, Equatable {
  /// The file format.
  public let format: PictureFormat
  /// Columns as stored, before the orientation is applied.
  public let width: Int
  /// Rows as stored, before the orientation is applied.
  public let height: Int
  /// Channels as decoded: palettes are expanded, CMYK becomes RGB.
  public let layout: Picture.Layout
  /// Bits of a sample as decoded.
  public let depth: Picture.Depth
  /// The orientation that EXIF says, or XMP: 1 (upright) to 8.
  public let orientation: Int
  /// Whether a usable ICC profile is carried over.
  public let hasICCProfile: Bool
  /// What counts of all that is said of the colours, in a few words; nil where nothing is said.
  public let colorSummary: String?
  /// Whether the rows are stored in several passes (PNG's Adam7, progressive JPEG).
  public let isInterlacedOrProgressive: Bool
  /// Pictures in an animation, of which the first is read; 1 for a still.
  public let frameCount: Int
  /// Pictures beside each other in a file (MPO), of which the first is read; 1 for nearly all files.
  public let pictureCount: Int
  /// What else the file says.
  public let metadata: MetadataSummary

  /// Columns as seen, with the orientation applied.
  public var displayWidth: Int { orientation >= 5 ? height : width }
  /// Rows as seen, with the orientation applied.
  public var displayHeight: Int { orientation >= 5 ? width : height }
}
