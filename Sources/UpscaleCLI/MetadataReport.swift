import Upscale

/// Tells which metadata a file has.
struct MetadataReport {
  private let summary: MetadataSummary

  init(_ summary: MetadataSummary) { self.summary = summary }

  /// Rows of a table; those that say nothing are left out.
  var rows: [[String]] {
    var kinds: [String] = []
    if summary.hasEXIF {
      let parts = [
        summary.hasPlace ? "place" : nil, summary.hasMakerNote ? "maker's note" : nil,
      ].compactMap(\.self)
      kinds.append("EXIF" + (parts.isEmpty ? "" : " with \(parts.joined(separator: " and "))"))
    }
    if summary.hasXMP { kinds.append("XMP") }
    if summary.hasIPTC { kinds.append("IPTC") }
    if summary.commentCount > 0 {
      kinds.append(summary.commentCount == 1 ? "a comment" : "\(summary.commentCount) comments")
    }
    var rows = [["metadata", kinds.isEmpty ? "none" : kinds.joined(separator: ", ")]]
    if let density = summary.dotsPerInch {
      let (x, y) = (text(density.x), text(density.y))
      rows.append(["density", (x == y ? x : "\(x) × \(y)") + " dpi"])
    }
    if let aspect = summary.pixelAspect {
      rows.append(["pixels", "\(fixed(aspect, digits: 2)) times as wide as high"])
    }
    if !summary.textKeys.isEmpty {
      let shown = summary.textKeys.prefix(20).map(visible)
      let others = summary.textKeys.count - shown.count
      rows.append([
        "texts", shown.joined(separator: ", ") + (others > 0 ? " and \(others) more" : ""),
      ])
    }
    for part in summary.unkept { rows.append(["never kept", part]) }
    return rows
  }

  /// One object.
  var json: JSON {
    .object([
      "exif": .boolean(summary.hasEXIF), "place": .boolean(summary.hasPlace),
      "maker_note": .boolean(summary.hasMakerNote), "xmp": .boolean(summary.hasXMP),
      "iptc": .boolean(summary.hasIPTC), "comments": .integer(summary.commentCount),
      "dpi": summary.dotsPerInch.map {
        .array([.number($0.x, digits: 2), .number($0.y, digits: 2)])
      } ?? .null,
      "pixel_aspect": summary.pixelAspect.map { .number($0, digits: 4) } ?? .null,
      "texts": .array(summary.textKeys.map { .string($0) }),
      "never_kept": .array(summary.unkept.map { .string($0) }),
    ])
  }

  private func text(_ density: Double) -> String {
    density == density.rounded() ? fixed(density, digits: 0) : fixed(density, digits: 2)
  }
}
