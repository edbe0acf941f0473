package import Upscale

/// How outputs are named: `{stem}_{scale}x.{ext}`.
///
/// | placeholder | stands for |
/// |---|---|
/// | `{stem}` | the input's name without its extension |
/// | `{name}` | the input's whole name |
/// | `{ext}` | the extension of the output's format; the input's own where that fits |
/// | `{scale}` | the factor: 4, 2.5 |
/// | `{size}` | the size that is asked for: 1920x1080, 1920x |
/// | `{dir}` | the input's folder below INPUT, its slashes as `_` |
package struct NameTemplate: Sendable, Equatable {
  private enum Part: Sendable, Equatable {
    case text([UInt8])
    case stem, name, ext, scale, size, folder
  }

  private let parts: [Part]
  /// The format that the template's own extension says: `{stem}.webp`.
  package let format: PictureFormat?

  /// The inputs' names, with the extension of the output's format.
  package static let standard = NameTemplate(parts: [.stem, .text([0x2E]), .ext], format: nil)

  private init(parts: [Part], format: PictureFormat?) {
    self.parts = parts
    self.format = format
  }

  /// - Throws: `.usage` for a template that cannot name a file, or gives all outputs one name.
  package init(_ text: String, named name: String = "the name") throws(UpscaleError) {
    let known: [String: Part] = [
      "stem": .stem, "name": .name, "ext": .ext, "scale": .scale, "size": .size,
      "dir": .folder,
    ]
    func refusal(_ reason: String) -> UpscaleError {
      UpscaleError(
        .usage, "\(name) '\(text)' \(reason); such as '{stem}_{scale}x.{ext}'")
    }
    var parts: [Part] = []
    var rest = text[...]
    while !rest.isEmpty {
      let plain = rest.prefix { $0 != "{" && $0 != "}" }
      if !plain.isEmpty { parts.append(.text(BytePath(String(plain)).bytes)) }
      rest = rest.dropFirst(plain.count)
      guard let brace = rest.first else { break }
      guard brace == "{", let end = rest.firstIndex(of: "}") else {
        throw refusal("has a brace without its other half")
      }
      let word = String(rest[rest.index(after: rest.startIndex)..<end])
      guard let part = known[word] else {
        throw refusal(
          "has '{\(word)}', and known are {stem}, {name}, {ext}, {scale}, {size} and {dir}")
      }
      parts.append(part)
      rest = rest[rest.index(after: end)...]
    }
    guard !text.contains("/") else {
      throw refusal("has a slash: folders are those of the input, or none for flat outputs")
    }
    guard parts.contains(.stem) || parts.contains(.name) else {
      throw refusal("gives all pictures one name: use {stem} or {name}")
    }
    var format: PictureFormat?
    if !text.hasSuffix(".{ext}") {
      format = PictureFormat(fileName: text)
      guard format != nil else { throw refusal("must end in .{ext}, .png, .jpg or .webp") }
    }
    self.init(parts: parts, format: format)
  }

  /// Why the template does not go with the outputs' size.
  ///
  /// - Parameter size: what is asked for in place of a factor.
  /// - Returns: a sentence; nil where it does.
  package func complaint(size: TargetSize?) -> String? {
    if size != nil, parts.contains(.scale) {
      return
        "{scale} has no meaning for outputs of a size that is asked for, whose factors differ; use {size}"
    }
    if size == nil, parts.contains(.size) {
      return "{size} is the size that is asked for, and none is; use {scale}"
    }
    return nil
  }

  /// The name of the output of a picture.
  ///
  /// - Parameters:
  ///   - source: the input below its folder.
  ///   - format: what is written.
  ///   - scale: what `{scale}` and `{size}` stand for, of which a template has one at most.
  /// - Returns: the last component of the output's path.
  package func name(for source: BytePath, format: PictureFormat, scale: String) -> [UInt8] {
    let name = source.name
    let dot = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > name.startIndex ? $0 : nil }
    var result: [UInt8] = []
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .name: result += name
      case .stem: result += dot.map { name[..<$0] } ?? name
      case .scale, .size: result += Array(scale.utf8)
      case .ext:
        let own = dot.map { String(decoding: name[$0...], as: UTF8.self) } ?? ""
        if PictureFormat(fileName: own) == format, let dot {
          result += name[(dot + 1)...]
        } else {
          result += Array((format == .jpeg ? "jpg" : format.rawValue).utf8)
        }
      case .folder:
        let folder = source.folder
        guard folder != BytePath(".") else { continue }
        result += folder.bytes.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
      }
    }
    return result
  }

  /// A factor in as few digits as it takes: "4", "2.5".
  package static func text(ofScale scale: Double) -> String {
    DecimalNumber.text(scale)
  }
}
