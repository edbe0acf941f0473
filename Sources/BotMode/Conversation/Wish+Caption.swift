import Upscale

extension Wish {
  /// Factors that users may choose.
  static let scales = 2...4

  /// Reads the wishes in a picture's caption, such as "x2 anime jpg"; other words are ignored.
  ///
  /// - Parameter caption: any text.
  /// - Returns: this wish with the caption's changes.
  func following(_ caption: String) -> Wish {
    var wish = self
    let words = caption.lowercased().split { !($0.isLetter || $0.isNumber) }.prefix(32)
    for word in words {
      switch word {
      case "photo", "фото", "real", "реал": wish.look = .photo
      case "clean", "чистое", "faithful": wish.look = .clean
      case "anime", "аниме", "art", "арт", "drawing", "рисунок": wish.look = .anime
      case "fast", "quick", "быстро": wish.look = .fast
      case "png", "пнг": wish.format = .png
      case "jpg", "jpeg", "джпег": wish.format = .jpeg
      case "webp": wish.format = .webp
      default:
        // x2, 2x; the letter may be Cyrillic or a multiplication sign.
        let digits = word.filter { $0.isASCII && $0.isNumber }
        let rest = word.filter { !($0.isASCII && $0.isNumber) }
        if ["x", "х"].contains(rest), let scale = Int(digits), Wish.scales.contains(scale) {
          wish.scale = scale
        }
      }
    }
    return wish
  }
}
