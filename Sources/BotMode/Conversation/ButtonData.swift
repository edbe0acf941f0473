import Upscale

/// The meaning of a button, which is written into its data and read back when it is pressed. Any user can
/// send any data, so code that acts on it checks whose picture it concerns.
enum ButtonData: Codable, Equatable, Sendable {
  case cancel(card: Int64)
  case look(Look)
  case scale(Int)
  case format(PictureFormat)
  case language(Language)
  /// The same picture once more, differently.
  case again(Wish)

  /// At most 64 bytes, as Telegram demands.
  var text: String {
    switch self {
    case .cancel(let card): "cancel:\(card)"
    case .look(let look): "look:\(look.rawValue)"
    case .scale(let scale): "scale:\(scale)"
    case .format(let format): "format:\(format.rawValue)"
    case .language(let language): "language:\(language.rawValue)"
    case .again(let wish): "again:\(wish.look.rawValue):\(wish.scale):\(wish.format.rawValue)"
    }
  }

  /// - Parameter text: the data of a press; nil for data that no button of this bot has.
  init?(_ text: String) {
    guard text.utf8.count <= 64 else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.count) {
    case ("cancel", 2):
      guard let card = Int64(parts[1]) else { return nil }
      self = .cancel(card: card)
    case ("look", 2):
      guard let look = Look(rawValue: parts[1]) else { return nil }
      self = .look(look)
    case ("scale", 2):
      guard let scale = Int(parts[1]), Wish.scales.contains(scale) else { return nil }
      self = .scale(scale)
    case ("format", 2):
      guard let format = PictureFormat(rawValue: parts[1]) else { return nil }
      self = .format(format)
    case ("language", 2):
      guard let language = Language(rawValue: parts[1]) else { return nil }
      self = .language(language)
    case ("again", 4):
      guard let look = Look(rawValue: parts[1]), let scale = Int(parts[2]),
        Wish.scales.contains(scale), let format = PictureFormat(rawValue: parts[3])
      else { return nil }
      self = .again(Wish(look: look, scale: scale, format: format))
    default:
      return nil
    }
  }
}
