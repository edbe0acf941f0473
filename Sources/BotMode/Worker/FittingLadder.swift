import Upscale

/// The attempts, in order, to make an enlarged picture's file small enough.
///
/// First other formats at full size, the best first, then fewer pixels. Attempts that cannot succeed,
/// judging by the sizes of others, are skipped, since each one reads the whole picture.
struct FittingLadder {
  /// A form in which the picture is written.
  struct Attempt: Equatable {
    var format: PictureFormat
    /// nil without loss.
    var quality: Int?
    var width: Int
    var height: Int

    fileprivate var pixels: Double { Double(width) * Double(height) }
  }

  enum Move: Equatable {
    case attempt(Attempt)
    /// The next attempt depends on whether any pixel is transparent: the caller has to set `isOpaque`.
    case lookForTransparency
    case giveUp
  }

  let width: Int
  let height: Int
  let byteLimit: Int
  /// The most pixels of a WebP that the memory allows.
  var webPPixels: Int
  /// Whether every pixel is opaque, where that is known.
  var isOpaque: Bool?

  private let preferred: PictureFormat
  /// Formats and qualities still to be tried at full size.
  private var rungs: [(format: PictureFormat, quality: Int?)]
  private var last: (attempt: Attempt, bytes: Int)?
  /// Bytes of a lossy pixel, in units of a WebP's of quality 90; nil until an attempt has shown it.
  private var lossyBytes: Double?
  private var isSmaller = false

  /// The smallest side of a result.
  private static let smallestSide = 16

  /// - Parameters:
  ///   - width: columns of the picture.
  ///   - height: its rows.
  ///   - preferred: the format that was asked for; JPEG is used even for a transparent picture.
  ///   - quality: nil for the format's default.
  ///   - byteLimit: the most bytes.
  ///   - webPPixels: that the memory allows.
  ///   - isOpaque: nil where it is not known.
  ///   - rendered: bytes of the existing file of the picture, which is too large or not in the format that
  ///     was asked for.
  init(
    width: Int, height: Int, preferred: PictureFormat, quality: Int?, byteLimit: Int,
    webPPixels: Int, isOpaque: Bool?, rendered: (format: PictureFormat, bytes: Int)
  ) {
    self.width = width
    self.height = height
    self.byteLimit = byteLimit
    self.webPPixels = webPPixels
    self.isOpaque = isOpaque
    self.preferred = preferred
    let jpegs = [95, 90, 85]
    switch preferred {
    case .png:
      rungs = [(.webp, 90)] + jpegs.map { (.jpeg, $0) }
    case .webp:
      rungs = [(.webp, quality ?? 90)] + jpegs.map { (.jpeg, $0) }
    case .jpeg:
      let first = quality ?? 95
      rungs = [(.jpeg, first)] + jpegs.filter { $0 < first }.map { (.jpeg, $0) }
    }
    if rendered.format == preferred, preferred != .png {
      // The existing file was the first attempt.
      let first = rungs.removeFirst()
      note(
        Attempt(format: first.format, quality: first.quality, width: width, height: height),
        bytes: rendered.bytes)
    } else if rendered.format == .png {
      last = (Attempt(format: .png, quality: nil, width: width, height: height), rendered.bytes)
    }
  }

  /// Notes the size of an attempt that was too large, or the size that it would have had.
  mutating func note(_ attempt: Attempt, bytes: Int) {
    last = (attempt, bytes)
    if let quality = attempt.quality {
      lossyBytes = Double(bytes) / attempt.pixels / Self.weight(attempt.format, quality)
    }
  }

  mutating func next() -> Move {
    while !isSmaller, let rung = rungs.first {
      let attempt = Attempt(
        format: rung.format, quality: rung.quality, width: width, height: height)
      guard isPossible(attempt), !isHopeless(attempt) else {
        rungs.removeFirst()
        continue
      }
      if attempt.format == .jpeg, preferred != .jpeg {
        guard let isOpaque else { return .lookForTransparency }
        guard isOpaque else {
          rungs.removeFirst()
          continue
        }
      }
      rungs.removeFirst()
      return .attempt(attempt)
    }
    isSmaller = true
    return smaller()
  }

  // MARK: Judging

  private func isPossible(_ attempt: Attempt) -> Bool {
    max(attempt.width, attempt.height) <= attempt.format.maximumSide
      && (attempt.format != .webp || attempt.pixels <= Double(webPPixels))
  }

  /// Whether an attempt would, by estimate, be more than twice too large.
  private func isHopeless(_ attempt: Attempt) -> Bool {
    guard let lossyBytes, let quality = attempt.quality else { return false }
    return lossyBytes * attempt.pixels * Self.weight(attempt.format, quality)
      > 2 * Double(byteLimit)
  }

  /// The approximate size of an attempt in units of a WebP of quality 90, for enlarged photographs.
  private static func weight(_ format: PictureFormat, _ quality: Int) -> Double {
    switch format {
    case .png: 6
    case .webp: quality >= 90 ? 1 + 0.15 * Double(quality - 90) : 0.35 + 0.65 * Double(quality) / 90
    case .jpeg:
      // From 90 on colours are kept at full resolution.
      quality >= 95 ? 2 : quality >= 90 ? 1.35 : 0.8
    }
  }

  // MARK: Fewer pixels

  private mutating func smaller() -> Move {
    var forms: [(format: PictureFormat, quality: Int?)] = [(.jpeg, 90)]
    if preferred != .jpeg {
      guard let isOpaque else { return .lookForTransparency }
      forms = [(.webp, 90), isOpaque ? (.jpeg, 90) : (.png, nil)]
    }
    let before = last?.attempt ?? Attempt(format: .png, quality: nil, width: width, height: height)
    // The form that keeps the most pixels; among equals, the first.
    var (chosen, factor) = (forms[0], 0.0)
    for form in forms {
      let possible = shrinking(before, to: form)
      if possible > factor { (chosen, factor) = (form, possible) }
    }
    let attempt = Attempt(
      format: chosen.format, quality: chosen.quality,
      width: max(1, Int(Double(before.width) * factor)),
      height: max(1, Int(Double(before.height) * factor)))
    guard max(attempt.width, attempt.height) >= Self.smallestSide else { return .giveUp }
    return .attempt(attempt)
  }

  /// The factor by which the sides have to be multiplied, by estimate, so that the form fits.
  private func shrinking(
    _ before: Attempt, to form: (format: PictureFormat, quality: Int?)
  ) -> Double {
    var unit = last.map {
      Double($0.bytes) / before.pixels / Self.weight(before.format, before.quality ?? 90)
    }
    if form.quality != nil, let lossyBytes { unit = lossyBytes }
    let expected =
      unit.map { $0 * before.pixels * Self.weight(form.format, form.quality ?? 90) }
      ?? Double(byteLimit)
    // With a margin, since a smaller picture has more detail in each pixel.
    let wanted = (0.85 * Double(byteLimit) / max(1, expected)).squareRoot()
    var factor = min(0.9, max(0.25, wanted))
    factor = min(
      factor, Double(form.format.maximumSide) / Double(max(before.width, before.height)))
    if form.format == .webp {
      factor = min(factor, (Double(max(0, webPPixels)) / before.pixels).squareRoot())
    }
    return factor
  }
}
