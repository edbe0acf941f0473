import Upscale

/// A picture file that is read from the top, converted to what all browsers show alike: 8 bits, opaque.
final class PreviewRows {
  let width: Int
  let height: Int
  let layout: Picture.Layout
  /// Left out where it is large: a page would hold it twice for every comparison.
  let iccProfile: [UInt8]?

  private let reader: PictureReader
  private var nextRow = 0

  /// - Parameters:
  ///   - bytes: the contents of the file.
  ///   - memory: what the decoder may take.
  /// - Throws: `.unusablePicture`, or `.memory` for one that takes more memory.
  init(_ bytes: [UInt8], memory: Int) throws(UpscaleError) {
    // The pictures have passed the limits of the run. Here only memory is limited.
    var limits = PictureLimits()
    limits.pixels = 2_000_000_000
    limits.side = Int(Int32.max)
    limits.fileBytes = .max
    reader = try PictureReader(bytes, limits: limits, colors: .encoded)
    guard reader.memory <= memory else {
      throw UpscaleError(.memory(), "the picture takes too much memory for a comparison")
    }
    width = reader.width
    height = reader.height
    layout = reader.layout.isGray ? .gray : .rgb
    iccProfile = reader.color.profile(isGray: layout.isGray).flatMap { $0.count <= 4096 ? $0 : nil }
  }

  /// The contents of a file, if it is a regular one: reading a FIFO may wait for ever, and is possible
  /// only once.
  static func contents(of path: BytePath, limit: Int) throws(UpscaleError) -> [UInt8] {
    guard let (file, _) = try FileExamination.open(path) else {
      throw UpscaleError(.noInput, "'\(path.text)' is no file to compare")
    }
    return try InputFile.read(file, named: "'\(path.text)'", limit: limit)
  }

  /// Reads rows; those between the last one read and the first of `range` are passed over.
  ///
  /// - Parameters:
  ///   - range: what to read, not above what was read before.
  ///   - body: takes a row's number and its samples.
  /// - Throws: `.unusablePicture` for damage.
  func read(_ range: Range<Int>, _ body: (Int, [UInt8]) -> Void) throws(UpscaleError) {
    precondition(nextRow <= range.lowerBound && range.upperBound <= height)
    let rowSize = reader.rowByteCount
    let rowsAtOnce = max(1, (1 << 18) / rowSize)
    var stored = [UInt8](repeating: 0, count: rowsAtOnce * rowSize)
    var row = [UInt8](repeating: 0, count: width * layout.rawValue)
    while nextRow < range.upperBound {
      let count = min(rowsAtOnce, range.upperBound - nextRow)
      try stored.withUnsafeMutableBufferPointer { stored throws(UpscaleError) in
        try reader.read(
          count,
          into: UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(rebasing: stored[..<(count * rowSize)])))
      }
      for index in 0..<count where nextRow + index >= range.lowerBound {
        stored.withUnsafeBytes { stored in
          flatten(
            UnsafeRawBufferPointer(rebasing: stored[index * rowSize..<(index + 1) * rowSize]),
            into: &row)
        }
        body(nextRow + index, row)
      }
      nextRow += count
    }
  }

  /// Reads a part of the picture.
  func crop(columns: Range<Int>, rows: Range<Int>) throws(UpscaleError) -> Picture {
    let channels = layout.rawValue
    var samples: [UInt8] = []
    samples.reserveCapacity(columns.count * rows.count * channels)
    try read(rows) { _, row in
      samples.append(
        contentsOf: row[columns.lowerBound * channels..<columns.upperBound * channels])
    }
    return Picture(
      width: columns.count, height: rows.count, layout: layout, bytes: samples,
      iccProfile: iccProfile)
  }

  /// Rounds to 8 bits and blends transparent pixels with white.
  private func flatten(_ stored: UnsafeRawBufferPointer, into row: inout [UInt8]) {
    let colors = layout.rawValue
    let channels = reader.layout.rawValue
    let isDeep = reader.depth == .sixteen
    func sample(_ index: Int) -> Int {
      guard isDeep else { return Int(stored[index]) }
      let value = stored.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      return Picture.Depth.sixteen.converted(Int(value), to: .eight)
    }
    for x in 0..<width {
      let alpha = reader.layout.hasAlpha ? sample(x * channels + colors) : 255
      for channel in 0..<colors {
        let value = sample(x * channels + channel)
        row[x * colors + channel] = UInt8(
          clamping: (value * alpha + 255 * (255 - alpha) + 127) / 255)
      }
    }
  }
}
