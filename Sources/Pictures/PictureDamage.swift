/// What is wrong with the pixels of a picture that was read although its file is damaged.
///
/// A JPEG may lack pixels: they are filled in. PNGs and WebPs that lack pixels are refused. A PNG whose
/// checksums contradict each other is read, and its pixels may be altered.
public struct PictureDamage: Sendable, Hashable, Codable {
  /// A side of the picture as it is seen, upright.
  public enum Side: String, Sendable, Codable {
    /// The first rows.
    case top
    /// The last rows.
    case bottom
    /// The first columns.
    case left
    /// The last columns.
    case right
  }

  /// The part of the picture that its file does not hold and that was filled in with gray, 0…1; a row
  /// of blocks that is there in part counts.
  public var missingShare: Double
  /// Where that part is.
  public var missingSide: Side
  /// Whether the finer detail or the colour of some part is not in the file.
  public var lacksDetail: Bool
  /// Whether the data are inconsistent, so that some pixels may be wrong.
  public var isAltered: Bool

  /// A description of damage.
  ///
  /// - Parameters:
  ///   - missingShare: the part that is missing, 0…1.
  ///   - missingSide: where that part is.
  ///   - lacksDetail: whether finer detail or colour is missing.
  ///   - isAltered: whether pixels may be wrong.
  public init(
    missingShare: Double = 0, missingSide: Side = .bottom, lacksDetail: Bool = false,
    isAltered: Bool = false
  ) {
    self.missingShare = missingShare
    self.missingSide = missingSide
    self.lacksDetail = lacksDetail
    self.isAltered = isAltered
  }

  /// One sentence without a full stop, to be said after the picture's name.
  public var sentence: String {
    if missingShare > 0 {
      let others = isAltered ? "; other parts may be wrong" : ""
      return "the file ends early: \(missingPart) missing and filled in with gray\(others)"
    }
    if lacksDetail {
      let others = isAltered ? ", and parts may be wrong" : ""
      return "the file ends early: finer detail or colour of the picture is missing\(others)"
    }
    return "the file is damaged: parts of the picture may be wrong"
  }

  private var missingPart: String {
    guard missingShare < 1 else { return "nearly all of the picture is" }
    let part =
      switch missingSide {
      case .top: "the upper"
      case .bottom: "the lower"
      case .left: "the left"
      case .right: "the right"
      }
    let percent = min(99, max(1, Int((missingShare * 100).rounded())))
    return "\(part) \(percent) % of the picture is"
  }
}
