/// Properties that are added to an XMP packet: the record of how the picture was made, and texts that the
/// output's format has no other place for.
struct XMPAdditions {
  /// How the values of a property are written.
  enum Form: Sendable {
    /// One text.
    case plain
    /// One text in the language that is not told.
    case languages
    /// Texts in an order.
    case sequence
    /// Texts without an order.
    case bag

    /// The element around the values.
    fileprivate var container: String? {
      switch self {
      case .plain: nil
      case .languages: "Alt"
      case .sequence: "Seq"
      case .bag: "Bag"
      }
    }
  }

  /// A property of another vocabulary than ours.
  struct Property: Sendable {
    let space: XMPPacket.Space
    let name: String
    let form: Form
    /// One, or several where the form has room for them.
    let values: [String]
  }

  /// The program, where the packet names no tool yet.
  var tool: String?
  /// The record's fields.
  var fields: [(name: String, value: String)] = []
  /// Properties of Dublin Core, Photoshop and IPTC.
  private(set) var properties: [Property] = []
  /// Texts with their keys.
  var texts: [String] = []

  var isEmpty: Bool { tool == nil && fields.isEmpty && properties.isEmpty && texts.isEmpty }

  /// Adds a property unless it is there already, in the packet or here.
  ///
  /// - Returns: whether it was added.
  @discardableResult
  mutating func add(_ property: Property, to packet: XMPPacket?) -> Bool {
    guard packet?.has(property.space, property.name) != true,
      !properties.contains(where: { $0.space == property.space && $0.name == property.name })
    else { return false }
    properties.append(property)
    return true
  }

  /// The description that holds them.
  func description(about subject: String) -> String {
    var text =
      "<rdf:Description rdf:about=\"\(subject)\" xmlns:rdf=\"\(XMPPacket.Space.rdf.rawValue)\""
    if let tool {
      text +=
        " xmlns:xmp=\"\(XMPPacket.Space.xmp.rawValue)\" xmp:CreatorTool=\"\(Self.escaped(tool))\""
    }
    if !fields.isEmpty || !texts.isEmpty {
      text += " xmlns:upscale=\"\(XMPPacket.Space.record.rawValue)\""
    }
    for space in XMPPacket.Space.allCases {
      guard let prefix = space.prefix, properties.contains(where: { $0.space == space }) else {
        continue
      }
      text += " xmlns:\(prefix)=\"\(space.rawValue)\""
    }
    for field in fields { text += " upscale:\(field.name)=\"\(Self.escaped(field.value))\"" }
    guard !properties.isEmpty || !texts.isEmpty else { return text + "/>" }
    text += ">"
    for property in properties { text += Self.element(property) }
    if !texts.isEmpty {
      text += "<upscale:Text><rdf:Bag>"
      for value in texts { text += "<rdf:li>\(Self.escaped(value))</rdf:li>" }
      text += "</rdf:Bag></upscale:Text>"
    }
    return text + "</rdf:Description>"
  }

  private static func element(_ property: Property) -> String {
    let name = (property.space.prefix.map { $0 + ":" } ?? "") + property.name
    guard let container = property.form.container else {
      return "<\(name)>\(escaped(property.values.first ?? ""))</\(name)>"
    }
    let isLanguages = property.form == .languages
    let language = isLanguages ? " xml:lang=\"x-default\"" : ""
    let items = property.values.prefix(isLanguages ? 1 : property.values.count).map {
      "<rdf:li\(language)>\(escaped($0))</rdf:li>"
    }
    return "<\(name)><rdf:\(container)>\(items.joined())</rdf:\(container)></\(name)>"
  }

  /// As text of an attribute or element; characters that XML does not have are left out.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\r": result += "&#13;"
      case "\t": result += "&#9;"
      case "\u{0}"..."\u{1F}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
