public import SystemSupport

/// Writes pictures as PNG, JPEG and WebP, with their colour description and no other metadata.
///
/// A picture that a format cannot hold as it is, is converted: 16 bits become 8 (rounded to nearest),
/// transparent pixels are blended with white for JPEG, gray becomes RGB for WebP. `losses` lists the
/// conversions beforehand.
public enum PictureEncoder {
  /// Encodes a picture.
  ///
  /// - Parameters:
  ///   - picture: What to write; its depth is kept where the format has it.
  ///   - format: What to write it as.
  ///   - options: Quality and loss.
  /// - Returns: The contents of the file.
  /// - Throws: `.usage` for a quality out of range, `.cannotCreate` for a picture that does not fit
  ///   the format, `.memory` without memory.
  public static func encode(
    _ picture: Picture, as format: PictureFormat, options: EncodingOptions = EncodingOptions()
  ) throws(UpscaleError) -> [UInt8] {
    var bytes: [UInt8] = []
    let writer = try PictureWriter(
      RowFormat(
        width: picture.width, height: picture.height, layout: picture.layout,
        depth: picture.depth),
      color: picture.color, format: format, options: options
    ) { (part) throws(UpscaleError) in bytes.append(contentsOf: part) }
    try picture.bytes.withUnsafeBufferPointer { pixels throws(UpscaleError) in
      try writer.write(UnsafeRawBufferPointer(pixels))
    }
    try writer.finish()
    return bytes
  }

  /// Refuses a picture that cannot be written, before any work is done for it.
  ///
  /// - Parameters:
  ///   - width: Columns.
  ///   - height: Rows.
  ///   - layout: Channels. No layout is refused; `losses` tells how it is converted.
  ///   - format: What to write.
  /// - Throws: `.cannotCreate` if a side is too long for the format.
  public static func check(
    width: Int, height: Int, layout: Picture.Layout, format: PictureFormat
  ) throws(UpscaleError) {
    guard max(width, height) > format.maximumSide else { return }
    let others = PictureFormat.allCases.filter { $0.maximumSide >= max(width, height) }
    let advice = others.isEmpty ? "" : ", write \(others.map(\.name).joined(separator: " or "))"
    throw UpscaleError(
      .cannotCreate,
      "the result would be \(width) x \(height) pixels and a side of a \(format.name) has at most"
        + " \(format.maximumSide): use a smaller scale\(advice)")
  }

  /// Properties of a picture that a format cannot hold, a sentence each.
  public static func losses(of picture: Picture, as format: PictureFormat) -> [String] {
    losses(
      layout: picture.layout, depth: picture.depth, color: picture.color, as: format)
  }

  package static func losses(
    layout: Picture.Layout, depth: Picture.Depth, color: ColorDescription, as format: PictureFormat
  ) -> [String] {
    var sentences: [String] = []
    if layout.hasAlpha, !format.supportsAlpha {
      sentences.append(
        "\(format.name) has no transparency: transparent parts are written over white")
    }
    if depth.rawValue > format.maximumDepth.rawValue {
      sentences.append("\(format.name) has 8 bits a sample: 16 bits become 8")
    }
    if let loss = color.loss(in: format, isGray: layout.isGray && format.supportsGray) {
      sentences.append(loss)
    }
    return sentences
  }
}
