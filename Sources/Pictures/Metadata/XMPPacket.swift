/// An XMP packet, kept byte for byte but for the values that are changed.
struct XMPPacket: Sendable, Equatable {
  /// Properties that this program looks at.
  enum Space: String, Sendable, CaseIterable {
    case tiff = "http://ns.adobe.com/tiff/1.0/"
    case exif = "http://ns.adobe.com/exif/1.0/"
    case xmp = "http://ns.adobe.com/xap/1.0/"
    case note = "http://ns.adobe.com/xmp/note/"
    case panorama = "http://ns.google.com/photos/1.0/panorama/"
    case camera = "http://ns.google.com/photos/1.0/camera/"
    case container = "http://ns.google.com/photos/1.0/container/"
    case depth = "http://ns.google.com/photos/1.0/depthmap/"
    case gainMap = "http://ns.adobe.com/hdr-gain-map/1.0/"
    /// The record of this program.
    case record = "urn:upscale:record/1.0/"
    case rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    case dublinCore = "http://purl.org/dc/elements/1.1/"
    case photoshop = "http://ns.adobe.com/photoshop/1.0/"
    case iptcCore = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"

    /// The usual prefix, of those in which properties are added.
    var prefix: String? {
      switch self {
      case .dublinCore: "dc"
      case .photoshop: "photoshop"
      case .iptcCore: "Iptc4xmpCore"
      default: nil
      }
    }
  }

  struct Property: Sendable {
    let space: Space
    let name: String
    /// Where its text is; nil for one that is not plain text.
    let value: Range<Int>?
    /// Where all of it is.
    let whole: Range<Int>
  }

  let bytes: [UInt8]
  let properties: [Property]
  /// Where more descriptions can be put in.
  let end: Int
  /// What the descriptions are about.
  private let subject: Range<Int>?

  static func == (first: XMPPacket, second: XMPPacket) -> Bool { first.bytes == second.bytes }

  /// An element whose end has not come yet.
  private struct Open {
    let name: String
    let property: Int?
    let start: Int
    let content: Int
    var hasChildren = false
  }

  private static let maximumProperties = 2000
  private static let maximumDepth = 100

  /// - Returns: nil for what is no well-formed packet in UTF-8.
  init?(_ contents: some Collection<UInt8>) {
    var bytes = Array(contents)
    while bytes.last == 0 { bytes.removeLast() }
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var (spaces, open): ([String: Space], [Open]) = ([:], [])
    var properties: [Property] = []
    var (end, subject): (Int?, Range<Int>?) = (nil, nil)
    var scanner = XMLScanner(bytes)
    func property(_ name: String) -> (space: Space, name: String)? {
      guard let colon = name.firstIndex(of: ":"), let space = spaces[String(name[..<colon])] else {
        return nil
      }
      return (space, String(name[name.index(after: colon)...]))
    }
    scanning: while true {
      switch scanner.next() {
      case .broken: return nil
      case .over: break scanning
      case .start(let name, let attributes, let isEmpty, let place):
        guard open.count < Self.maximumDepth, properties.count < Self.maximumProperties else {
          return nil
        }
        if !open.isEmpty { open[open.count - 1].hasChildren = true }
        for attribute in attributes where attribute.name.hasPrefix("xmlns:") {
          let space = Space(rawValue: String(decoding: bytes[attribute.value], as: UTF8.self))
          spaces[String(attribute.name.dropFirst(6))] = space
        }
        let element = property(name)
        for attribute in attributes {
          guard let found = property(attribute.name) else { continue }
          if found.space == .rdf {
            if found.name == "about", subject == nil { subject = attribute.value }
          } else {
            properties.append(
              Property(
                space: found.space, name: found.name, value: attribute.value,
                whole: attribute.whole))
          }
        }
        var index: Int?
        if let element, element.space != .rdf {
          index = properties.count
          properties.append(
            Property(space: element.space, name: element.name, value: nil, whole: place))
        }
        if !isEmpty {
          open.append(
            Open(name: name, property: index, start: place.lowerBound, content: place.upperBound))
        }
      case .end(let name, let place):
        guard let last = open.popLast(), last.name == name else { return nil }
        if let element = property(name), element == (.rdf, "RDF") { end = place.lowerBound }
        if let index = last.property {
          let old = properties[index]
          properties[index] = Property(
            space: old.space, name: old.name,
            value: last.hasChildren ? nil : last.content..<place.lowerBound,
            whole: last.start..<place.upperBound)
        }
      }
    }
    guard open.isEmpty, let end else { return nil }
    self.bytes = bytes
    self.properties = properties
    self.end = end
    self.subject = subject
  }

  /// The text of a property without children, without the spaces around it.
  private func text(_ property: Property) -> Substring? {
    property.value.map { range in
      let text = bytes[range].drop(while: XMLScanner.isSpace)
      return Substring(
        decoding: text.prefix { !XMLScanner.isSpace($0) }, as: UTF8.self)
    }
  }

  /// How the picture is stored; nil where the packet does not say.
  var orientation: Orientation? {
    properties.lazy.filter { $0.space == .tiff && $0.name == "Orientation" }
      .compactMap { text($0).flatMap { Int($0) }.flatMap(Orientation.init(rawValue:)) }.first
  }

  /// Whether a property is there.
  func has(_ space: Space, _ names: String...) -> Bool {
    properties.contains { $0.space == space && (names.isEmpty || names.contains($0.name)) }
  }

  /// The packet for a picture that was turned upright and has another size, without what describes parts of
  /// the file that are left out.
  ///
  /// - Parameters:
  ///   - width: of the new picture.
  ///   - height: of the new picture.
  ///   - ratio: of the new picture's sides to the old one's.
  ///   - additions: properties to add, as attributes and elements of a description.
  /// - Returns: nil where that is impossible.
  func updated(
    width: Int, height: Int, ratio: (x: Double, y: Double), adding additions: XMPAdditions?
  ) -> XMPPacket? {
    var edits: [(place: Range<Int>, text: String)] = []
    for property in properties {
      if Self.isOfLeftOut(property) {
        edits.append((property.whole, ""))
      } else if let value = property.value,
        let text = change(of: property, width: width, height: height, ratio: ratio)
      {
        edits.append((value, text))
      }
    }
    if let additions {
      let about = subject.map { String(decoding: bytes[$0], as: UTF8.self) } ?? ""
      edits.append((end..<end, additions.description(about: about)))
    }
    guard !edits.isEmpty else { return self }
    edits.sort { $0.place.lowerBound < $1.place.lowerBound }
    var (result, copied): ([UInt8], Int) = ([], 0)
    result.reserveCapacity(bytes.count + 1024)
    for edit in edits where edit.place.lowerBound >= copied {
      result += bytes[copied..<edit.place.lowerBound]
      result += edit.text.utf8
      copied = edit.place.upperBound
    }
    result += bytes[copied...]
    return XMPPacket(result)
  }

  private func change(
    of property: Property, width: Int, height: Int, ratio: (x: Double, y: Double)
  ) -> String? {
    switch (property.space, property.name) {
    case (.tiff, "Orientation"): return "1"
    case (.tiff, "ImageWidth"), (.exif, "PixelXDimension"): return "\(width)"
    case (.tiff, "ImageLength"), (.exif, "PixelYDimension"): return "\(height)"
    case (.panorama, let name) where name.hasSuffix("Pixels"):
      let isAcross = name.contains("Width") || name.contains("Left")
      return text(property).flatMap { Double($0) }.flatMap {
        Int(exactly: ($0 * (isAcross ? ratio.x : ratio.y)).rounded())
      }.map { "\($0)" }
    default: return nil
    }
  }

  /// Whether a property describes another picture or a video in the file, a part of the packet elsewhere, or
  /// how the input was made.
  private static func isOfLeftOut(_ property: Property) -> Bool {
    switch property.space {
    case .gainMap, .depth: true
    case .record: property.name != "Text"
    case .container: property.name == "Directory"
    case .camera:
      property.name.hasPrefix("MicroVideo") || property.name.hasPrefix("MotionPhoto")
    case .note: property.name == "HasExtendedXMP"
    case .xmp: property.name == "Thumbnails"
    default: false
    }
  }

  /// The packet without the white space at its end that is meant for later changes.
  var withoutPadding: XMPPacket {
    guard
      let trailer = bytes.indices.last(where: {
        bytes[$0] == UInt8(ascii: "<") && bytes.hasText("<?xpacket end", at: $0)
      })
    else { return self }
    var start = trailer
    while start > 0, XMLScanner.isSpace(bytes[start - 1]) { start -= 1 }
    return XMPPacket(bytes[..<start] + [10] + bytes[trailer...]) ?? self
  }

  /// A packet of properties of our own.
  static func new(_ additions: XMPAdditions) -> XMPPacket? {
    XMPPacket(
      Array(
        """
        <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/">
        <rdf:RDF xmlns:rdf="\(Space.rdf.rawValue)">\(additions.description(about: ""))</rdf:RDF>
        </x:xmpmeta>
        <?xpacket end="w"?>
        """.utf8))
  }
}
