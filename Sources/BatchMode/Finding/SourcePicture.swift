package import Upscale

/// A picture that was found: where it is, and what is known before it is read.
package struct SourcePicture: Sendable {
  /// Where it is opened.
  package let path: BytePath
  /// Its place below the folder that was asked for, which the output mirrors.
  package let relative: BytePath
  package let identity: FileIdentity
  /// What messages call it.
  package var name: String { "'\(path.text)'" }
  /// Size in bytes.
  package let size: Int
  /// When it changed last, in nanoseconds since 1970.
  package let modified: Int
  package let format: PictureFormat
  /// By its header: 0 where that does not tell. Right or wrong, only progress and order depend on it.
  package let width: Int
  package let height: Int

  /// The header's size, or one pixel where that cannot be true: for everything that is reckoned
  /// before the picture is read.
  package var likelySize: (width: Int, height: Int) {
    let sides = 1...PictureFormat.jpeg.maximumSide
    return sides.contains(width) && sides.contains(height) ? (width, height) : (1, 1)
  }

  package var pixels: Int { likelySize.width * likelySize.height }
}

/// Why a file or folder that was met is no work.
package enum SkipReason: Sendable, Hashable {
  /// Nothing that its content or its name call a picture.
  case noPicture
  /// "an HEIC picture": a format that is not read.
  case foreign(String)
  /// "a FIFO", "a socket", "a device".
  case special(String)
  /// A link to a folder that is scanned anyway.
  case scannedAlready
  /// The folder of outputs, met among the inputs.
  case outputFolder
  /// `--include` or `--exclude` say so.
  case notAsked
  /// `--no-clobber`, and the output is there.
  case outputExists

  /// In words, after the name.
  package var text: String {
    switch self {
    case .noPicture: "is no picture"
    case .foreign(let kind): "is \(kind), which upscale does not read"
    case .special(let kind): "is \(kind), not a file"
    case .scannedAlready: "links to a folder that is scanned already"
    case .outputFolder: "is the folder of outputs"
    case .notAsked: "is not asked for"
    case .outputExists: "has an output already"
    }
  }

  /// With a number before it: "3 HEIC pictures, which upscale does not read".
  package func counted(_ count: Int) -> String {
    func number(_ one: String) -> String { "\(count) \(one)\(count == 1 ? "" : "s")" }
    func number(withArticle kind: String) -> String {
      number(String(kind.drop { $0 != " " }.dropFirst()))
    }
    return switch self {
    case .noPicture: number("other file")
    case .foreign(let kind): number(withArticle: kind) + ", which upscale does not read"
    case .special(let kind): number(withArticle: kind)
    case .scannedAlready: number("link") + " to folders scanned already"
    case .outputFolder: "the folder of outputs"
    case .notAsked: number("file") + " or folders not asked for"
    case .outputExists: number("picture") + " whose output was there already"
    }
  }
}

/// What a look at the inputs gave.
package struct Findings: Sendable {
  package var pictures: [SourcePicture] = []
  package var skipped: [(path: BytePath, reason: SkipReason)] = []
  package var failed: [(path: BytePath, error: UpscaleError)] = []

  package init() {}
}
