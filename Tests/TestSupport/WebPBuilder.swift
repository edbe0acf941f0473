/// Builds WebP files from their parts, valid or invalid.
public enum WebPBuilder {
  /// A chunk with padding and, if not told otherwise, its right length.
  public static func chunk(_ name: String, _ data: [UInt8], length: Int? = nil) -> [UInt8] {
    Array(name.utf8) + little(length ?? data.count, 4) + data + (data.count % 2 == 1 ? [0] : [])
  }

  /// The container around chunks.
  public static func file(_ chunks: [UInt8]) -> [UInt8] {
    Array("RIFF".utf8) + little(chunks.count + 4, 4) + Array("WEBP".utf8) + chunks
  }

  /// The extended header; flags are 0x20 ICC, 0x10 alpha, 0x08 EXIF, 0x02 animation.
  public static func extendedHeader(_ width: Int, _ height: Int, flags: UInt8) -> [UInt8] {
    chunk("VP8X", [flags, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
  }

  /// The bare picture chunk of a simple file.
  public static func pictureChunk(of simple: [UInt8]) -> [UInt8] {
    Array(simple[12...])
  }

  /// An animation of the same frame, `count` times.
  public static func animation(
    canvas: (width: Int, height: Int), frame simple: [UInt8],
    at position: (x: Int, y: Int) = (0, 0), size: (width: Int, height: Int), count: Int = 1
  ) -> [UInt8] {
    let place = little(position.x / 2, 3) + little(position.y / 2, 3)
    let shape = little(size.width - 1, 3) + little(size.height - 1, 3) + little(100, 3) + [0]
    let frame = chunk("ANMF", place + shape + pictureChunk(of: simple))
    var chunks = extendedHeader(canvas.width, canvas.height, flags: 0x12)
    chunks += chunk("ANIM", [0, 0, 0, 0, 0, 0])
    for _ in 0..<count { chunks += frame }
    return file(chunks)
  }

  /// The simple file with metadata around its picture.
  public static func adding(
    icc: [UInt8]? = nil, exif: [UInt8]? = nil, xmp: [UInt8]? = nil, to simple: [UInt8], width: Int,
    height: Int,
    hasAlpha: Bool = false
  ) -> [UInt8] {
    var flags: UInt8 = hasAlpha ? 0x10 : 0
    if icc != nil { flags |= 0x20 }
    if exif != nil { flags |= 0x08 }
    if xmp != nil { flags |= 0x04 }
    var chunks = extendedHeader(width, height, flags: flags)
    if let icc { chunks += chunk("ICCP", icc) }
    chunks += pictureChunk(of: simple)
    if let exif { chunks += chunk("EXIF", exif) }
    if let xmp { chunks += chunk("XMP ", xmp) }
    return file(chunks)
  }

  private static func little(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
