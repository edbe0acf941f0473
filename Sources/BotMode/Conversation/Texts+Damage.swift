import Upscale

/// Texts about pictures whose file is damaged.
extension Texts {
  /// Which picture is not whole, and what is missing: for its card and its result's caption.
  ///
  /// - Parameters:
  ///   - damage: what is wrong with it.
  ///   - source: the picture as it was sent.
  /// - Returns: one or two sentences.
  func damage(_ damage: PictureDamage, of source: PictureOffer) -> String {
    let name = source.name == nil ? nil : source.title(self)
    let english = name ?? "The picture"
    let russian = name.map { "Файл \($0)" } ?? "Файл изображения"
    if damage.missingShare >= 1 {
      return say(
        "\(english) is not whole: all of it is missing in the file, and gray in the result.",
        "\(russian) неполный: самого изображения в нём нет, результат серый.")
    }
    if damage.missingShare > 0 {
      let percent = min(99, max(1, Int((damage.missingShare * 100).rounded())))
      return say(
        "\(english) is not whole: \(Self.side(damage.missingSide)) \(percent) % of it is missing in the "
          + "file, and gray in the result.",
        "\(russian) неполный: в нём нет \(percent) % изображения \(Self.place(damage.missingSide)), "
          + "в результате там серый цвет.")
        + (damage.isAltered
          ? say(" Other parts may be wrong.", " Другие части могут быть неверны.") : "")
    }
    if damage.lacksDetail {
      return say(
        "\(english) is not whole: the file ends early, so finer detail or colour is missing.",
        "\(russian) неполный: он обрывается, и не хватает мелких деталей или цвета.")
    }
    return say(
      "\(english) is damaged: some of its pixels may be wrong.",
      "\(russian) повреждён: часть пикселей может быть неверной.")
  }

  private static func side(_ side: PictureDamage.Side) -> String {
    switch side {
    case .top: "the upper"
    case .bottom: "the lower"
    case .left: "the left"
    case .right: "the right"
    }
  }

  private static func place(_ side: PictureDamage.Side) -> String {
    switch side {
    case .top: "сверху"
    case .bottom: "снизу"
    case .left: "слева"
    case .right: "справа"
    }
  }
}
