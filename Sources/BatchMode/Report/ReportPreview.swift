import Upscale

/// A pair of small pictures of the same place: the input enlarged by plain bicubic, and the result.
///
/// They show the pixels of the result one to one, where there is most detail: a reduced view of the whole
/// picture would hide what the network has added.
struct ReportPreview {
  static let format = PictureFormat.webp
  static let maximumWidth = 480
  static let maximumHeight = 360

  let width: Int
  let height: Int
  /// Encoded as `format`.
  let before: [UInt8]
  let after: [UInt8]

  /// The factor by which a page should enlarge it, so that a tiny result is visible.
  var zoom: Int {
    max(1, min(ReportPreview.maximumWidth / width, ReportPreview.maximumHeight / height))
  }

  /// Characters that the two take in a page.
  var base64Count: Int { (before.count + after.count + 4) / 3 * 4 }

  /// Reads both pictures.
  ///
  /// - Parameters:
  ///   - inputPath: the input.
  ///   - outputPath: the result.
  ///   - memory: bytes that the files and their decoders may take.
  /// - Throws: when one of them cannot be read, or not within `memory`.
  init(inputPath: BytePath, outputPath: BytePath, memory: Int) throws(UpscaleError) {
    // Two files and two decoders share the memory.
    let share = memory / 4
    let output = try PreviewRows(
      PreviewRows.contents(of: outputPath, limit: share), memory: share)
    let inputBytes = try PreviewRows.contents(of: inputPath, limit: share)
    let size = (width: output.width, height: output.height)
    width = min(ReportPreview.maximumWidth, size.width)
    height = min(ReportPreview.maximumHeight, size.height)
    let corner = try ReportPreview.corner(
      of: (width, height), in: PreviewRows(inputBytes, memory: share), resizedTo: size)

    let columns = corner.x..<corner.x + width
    let rows = corner.y..<corner.y + height
    let input = try PreviewRows(inputBytes, memory: share)
    let crop = CubicCrop(
      from: (input.width, input.height), to: size, columns: columns, rows: rows)
    before = try ReportPreview.encode(
      crop.resized(try input.crop(columns: crop.sourceColumns, rows: crop.sourceRows)))
    after = try ReportPreview.encode(try output.crop(columns: columns, rows: rows))
  }

  /// Where the part to show begins, in pixels of the result.
  private static func corner(
    of part: (width: Int, height: Int), in input: PreviewRows,
    resizedTo size: (width: Int, height: Int)
  ) throws(UpscaleError) -> (x: Int, y: Int) {
    guard part != size else { return (0, 0) }
    let (scaleX, scaleY) = (
      Double(size.width) / Double(input.width), Double(size.height) / Double(input.height)
    )
    let window = (
      width: min(input.width, max(1, Int(Double(part.width) / scaleX))),
      height: min(input.height, max(1, Int(Double(part.height) / scaleY)))
    )
    // The result is decoded from the top down to the part, so parts far down a large result are not
    // chosen.
    let lowestRow = Int(Double(pixelsToPassOver / size.width) / scaleY)
    var detail = DetailMap(
      width: input.width, height: input.height, channels: input.layout.rawValue, window: window)
    try input.read(0..<min(input.height, max(window.height, lowestRow))) { y, row in
      detail.add(row, y: y)
    }
    let found = detail.richest(window: window, lowestRow: lowestRow)
    return (
      min(Int((Double(found.x) * scaleX).rounded()), size.width - part.width),
      min(Int((Double(found.y) * scaleY).rounded()), size.height - part.height)
    )
  }

  private static func encode(_ picture: Picture) throws(UpscaleError) -> [UInt8] {
    try PictureEncoder.encode(picture, as: format, options: EncodingOptions(quality: 80))
  }

  /// Pixels that are decoded in about half a second.
  private static let pixelsToPassOver = 40_000_000
}
