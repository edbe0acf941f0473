public import SystemSupport

/// The size that a result is to have, as vips and ImageMagick write it: `800x600`, `800x` or `x600`, and a rule.
///
/// The aspect of the picture is kept, so that it fits into what is asked for and reaches one of its sides;
/// only the rule `!` gives up the aspect. Sides are those of the picture as it is seen, upright.
public struct TargetSize: Sendable, Hashable {
  /// When a picture gets the size.
  public enum Rule: String, Sendable, Hashable, CaseIterable {
    /// Always, within the aspect.
    case fit = ""
    /// Only where the picture gets smaller by it; others keep their own size.
    case onlySmaller = ">"
    /// Only where the picture gets larger by it; others keep their own size.
    case onlyLarger = "<"
    /// Always and just so, whatever the aspect is.
    case exact = "!"
  }

  /// The longest side that can be asked for.
  public static let longestSide = 1_000_000

  /// Columns; nil where they follow from the rows.
  public let width: Int?
  /// Rows; nil where they follow from the columns.
  public let height: Int?
  /// When a picture gets the size.
  public let rule: Rule

  /// Reads a size; fails for anything else, and for sides beyond 1 to a million.
  ///
  /// - Parameter text: such as `1920x1080`, `1920x`, `x1080>`.
  public init?(_ text: String) {
    let rule = text.last.flatMap { Rule(rawValue: String($0)) } ?? .fit
    let sides = text.dropLast(rule == .fit ? 0 : 1)
      .split(separator: "x", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, !(sides[0].isEmpty && sides[1].isEmpty) else { return nil }
    var (width, height): (Int?, Int?)
    for (part, isWidth) in zip(sides, [true, false]) where !part.isEmpty {
      guard let side = DecimalNumber.whole(String(part)), (1...Self.longestSide).contains(side)
      else { return nil }
      if isWidth { width = side } else { height = side }
    }
    if rule == .exact, width == nil || height == nil { return nil }
    (self.width, self.height, self.rule) = (width, height, rule)
  }

  /// Just these sides, whatever the aspect is; both are positive.
  package init(width: Int, height: Int) {
    (self.width, self.height, rule) = (width, height, .exact)
  }

  /// The sides without the rule, as a name of a file may have them: `1920x1080`, `1920x`.
  public var sidesText: String {
    "\(width.map { "\($0)" } ?? "")x\(height.map { "\($0)" } ?? "")"
  }

  /// As it was read.
  public var text: String { sidesText + rule.rawValue }

  /// The size that a picture gets.
  ///
  /// - Parameters:
  ///   - pictureWidth: columns of the picture, upright.
  ///   - pictureHeight: its rows.
  /// - Returns: columns and rows of the result, 1 at least.
  public func size(width pictureWidth: Int, height pictureHeight: Int) -> (width: Int, height: Int)
  {
    if rule == .exact, let width, let height { return (width, height) }
    /// `side` times `numerator / denominator`, to the nearest.
    func scaled(_ side: Int, _ numerator: Int, _ denominator: Int) -> Int {
      max(1, (2 * side * numerator + denominator) / (2 * denominator))
    }
    let size: (width: Int, height: Int)
    // The side that is reached first: that with the smaller factor.
    if let width, height.map({ width * pictureHeight <= $0 * pictureWidth }) ?? true {
      size = (width, scaled(pictureHeight, width, pictureWidth))
    } else {
      let height = height ?? pictureHeight
      size = (scaled(pictureWidth, height, pictureHeight), height)
    }
    let isLarger = size.width > pictureWidth || size.height > pictureHeight
    let isSmaller = size.width < pictureWidth || size.height < pictureHeight
    switch rule {
    case .onlySmaller where isLarger, .onlyLarger where isSmaller:
      return (pictureWidth, pictureHeight)
    default: return size
    }
  }
}
