import Upscale

/// Judges a document by its name and type. Senders choose both, so only documents that are certainly no
/// pictures are refused by them; the others are judged by their content once they are fetched.
enum DocumentHint {
  /// - Parameters:
  ///   - name: the file's, if it has one.
  ///   - type: its MIME type, if it has one.
  /// - Returns: why it is refused, or nil when it may be a picture.
  static func complaint(name: String?, type: String?) -> Unusable? {
    let type = (type ?? "").lowercased()
    let ending = (name ?? "").split(separator: ".").dropFirst().last.map { $0.lowercased() } ?? ""
    // A supported format by its name or its type; the content is checked later.
    if ["image/png", "image/jpeg", "image/webp", "image/jpg"].contains(type) { return nil }
    if type.hasPrefix("video/") { return .video }
    if type.hasPrefix("audio/") { return .audio }
    if let format = formats[type] ?? foreignEndings[ending] { return .format(format) }
    if ["png", "jpg", "jpeg", "jpe", "jfif", "webp"].contains(ending) { return nil }
    if type.hasPrefix("image/") || type.isEmpty || type == "application/octet-stream" { return nil }
    return .noPicture
  }

  /// The supported format that name and type indicate, if any.
  static func format(name: String?, type: String?) -> PictureFormat? {
    let ending = (name ?? "").split(separator: ".").dropFirst().last.map { $0.lowercased() } ?? ""
    switch (type ?? "").lowercased() {
    case "image/png": return .png
    case "image/webp": return .webp
    case "image/jpeg", "image/jpg": return .jpeg
    default: break
    }
    switch ending {
    case "png": return .png
    case "webp": return .webp
    case "jpg", "jpeg", "jpe", "jfif": return .jpeg
    default: return nil
    }
  }

  private static let formats = [
    "image/gif": "GIF", "image/heic": "HEIC", "image/heif": "HEIF", "image/avif": "AVIF",
    "image/tiff": "TIFF", "image/bmp": "BMP", "image/x-ms-bmp": "BMP", "image/svg+xml": "SVG",
    "image/jxl": "JPEG XL", "image/x-icon": "ICO", "image/vnd.adobe.photoshop": "PSD",
    "image/x-adobe-dng": "DNG", "application/pdf": "PDF",
  ]

  private static let foreignEndings = [
    "gif": "GIF", "heic": "HEIC", "heif": "HEIF", "avif": "AVIF", "tif": "TIFF", "tiff": "TIFF",
    "bmp": "BMP", "svg": "SVG", "jxl": "JPEG XL", "ico": "ICO", "psd": "PSD", "pdf": "PDF",
    "cr2": "CR2", "nef": "NEF", "arw": "ARW", "dng": "DNG",
  ]
}
