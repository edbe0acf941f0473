extension PictureWriter {
  /// Whether a JPEG of this size has its Huffman tables fitted to the picture if nothing else is
  /// said: it saves some per cent of the file and takes up to 6 bytes a pixel.
  package static func optimisesJPEG(_ input: RowFormat) -> Bool {
    input.width * input.height <= 32 << 20
  }

  /// Whether encoding goes on as rows come, and not at the end.
  package static func writesByRows(
    _ format: PictureFormat, options: EncodingOptions, optimisesJPEG: Bool
  ) -> Bool {
    switch format {
    case .png: true
    case .jpeg: !optimisesJPEG && !options.isProgressive
    case .webp: false
    }
  }

  /// Bytes that writing takes at most, the rows handed in and the result not counted.
  package static func memory(
    _ input: RowFormat, format: PictureFormat, options: EncodingOptions, optimisesJPEG: Bool
  ) -> Int {
    // Doubles, because the products may exceed an integer.
    let (columns, rows) = (Double(input.width), Double(input.height))
    let mebibyte = 1_048_576.0
    let bytes: Double
    switch format {
    case .png:
      // Rows to filter. Measured with 8 bytes a pixel: 4.1 rows of 600,000 pixels, and 0.6 MiB.
      bytes = mebibyte + 5 * columns * Double(input.layout.rawValue * input.depth.byteCount)
    case .jpeg:
      // The rows of blocks in work. Measured: 0.7 MiB, 2.6 MiB at a width of 65,500.
      let blocks = mebibyte + 64 * columns
      guard optimisesJPEG || options.isProgressive else { return Int(blocks) }
      // All coefficients, 128 bytes a block. Measured with 30 million pixels, noise and a photo
      // alike: 6.03 bytes a pixel in all at 4:4:4, 3.03 at 4:2:0, 2.02 for gray.
      let factors = input.layout.isGray ? (1, 1) : options.chosenSubsampling.factors
      let (across, down) = (Double(factors.0), Double(factors.1))
      let units = (columns / (8 * across)).rounded(.up) * (rows / (8 * down)).rounded(.up)
      bytes = blocks + units * 128 * (input.layout.isGray ? 1 : across * down + 2)
    case .webp:
      // Measured with noise, the worst there is: 36.5 bytes a pixel, 38.1 with alpha, 34.4 without
      // loss (43 with more effort than the default), and more for small pictures; a photo takes 7 to 12, 20 and 32.
      let perPixel =
        options.storesWebPLosslessly
        ? ((options.effort ?? 4) > 4 ? 46.0 : 36) : input.layout.hasAlpha ? 40 : 38
      bytes = 16 * mebibyte + perPixel * columns * rows
    }
    return Int(min(bytes, 1e18))
  }
}
