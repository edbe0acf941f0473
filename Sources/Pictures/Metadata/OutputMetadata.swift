/// The metadata of a file to write, as blocks of its format.
package struct OutputMetadata: Sendable {
  private(set) var blocks = BlockList()
  /// JFIF's density.
  private(set) var density: (unit: Int32, x: UInt16, y: UInt16)?
  /// What of the input is left out, as a sentence; nil for nothing.
  package private(set) var loss: String?

  private let format: PictureFormat
  private var left: [String] = []

  /// No metadata.
  package init(_ format: PictureFormat) { self.format = format }

  /// - Parameters:
  ///   - metadata: the input's.
  ///   - source: the input's columns and rows, upright.
  ///   - output: those of the new picture.
  ///   - record: how the new picture is made; nil to say nothing of it.
  ///   - format: the new file's.
  package init(
    _ metadata: PictureMetadata, source: (width: Int, height: Int),
    output: (width: Int, height: Int), record: MetadataRecord?, format: PictureFormat
  ) {
    self.init(format)
    left = metadata.unkept
    switch format {
    case .png: addPNG(metadata, source, output, record)
    case .jpeg: addJPEG(metadata, source, output, record)
    case .webp: addWebP(metadata, source, output, record)
    }
    if !left.isEmpty {
      let last = left.removeLast()
      let names = left.isEmpty ? last : left.joined(separator: ", ") + " and " + last
      loss = "the \(format.name) cannot have all of the input's metadata: without \(names)"
    }
  }

  /// Bytes that are held while the file is written.
  package var byteCount: Int { 2 * blocks.bytes.count }

  // MARK: What all formats have

  private mutating func exif(
    _ metadata: PictureMetadata, _ output: (width: Int, height: Int),
    density: PixelDensity? = nil, comment: String? = nil
  ) -> [UInt8]? {
    let (width, height) = output
    let density = density ?? metadata.turnedDensity
    guard let exif = metadata.exif else {
      guard density != nil || comment != nil else { return nil }
      return EXIFBlock.written(
        from: nil, width: width, height: height, density: density, comment: comment)?.bytes
    }
    if let updated = exif.updated(
      width: width, height: height, density: density,
      comment: Self.takesComment(exif) ? comment : nil)
    {
      return updated.bytes
    }
    left.append("its EXIF, which cannot be brought up to date")
    return nil
  }

  private mutating func xmp(
    _ metadata: PictureMetadata, _ source: (width: Int, height: Int),
    _ output: (width: Int, height: Int), adding additions: XMPAdditions
  ) -> XMPPacket? {
    guard let packet = metadata.xmp else {
      return additions.isEmpty ? nil : XMPPacket.new(additions)
    }
    var additions = additions
    if packet.has(.xmp, "CreatorTool") { additions.tool = nil }
    let ratio = (
      x: Double(output.width) / Double(max(1, source.width)),
      y: Double(output.height) / Double(max(1, source.height))
    )
    if let updated = packet.updated(
      width: output.width, height: output.height, ratio: ratio,
      adding: additions.isEmpty ? nil : additions)
    {
      return updated
    }
    left.append("its XMP, which cannot be brought up to date")
    return additions.isEmpty ? nil : XMPPacket.new(additions)
  }

  /// Whether a comment can be added: a maker's note may not bear being moved.
  private static func takesComment(_ exif: EXIFBlock?) -> Bool {
    exif.map { !$0.hasComment && !$0.hasMakerNote } ?? true
  }

  private static func additions(_ record: MetadataRecord?) -> XMPAdditions {
    XMPAdditions(tool: record?.software, fields: record?.values ?? [])
  }

  /// What image generators call their settings, which have a place of their own in EXIF.
  private static func generatorSettings(_ metadata: PictureMetadata) -> String? {
    metadata.texts.lazy.filter { $0.keyword == "parameters" }
      .compactMap { $0.text(limit: 30_000) }.first { $0.utf16.count <= 15_000 }
  }

  /// A PNG's texts and a JPEG's comments, with their keys; nil for one that cannot be read.
  private static func lines(_ metadata: PictureMetadata) -> [(keyword: String, text: String?)] {
    metadata.comments.map { comment in
      let text =
        String(validating: comment, as: UTF8.self) ?? PictureText.latin(comment[...])
      return ("Comment", text.replacing("\0", with: ""))
    }
      + metadata.texts.filter { $0.keyword != MetadataRecord.keyword }.map {
        ($0.keyword, $0.text(limit: PictureLimits.metadataBytes))
      }
  }

  // MARK: PNG

  private mutating func addPNG(
    _ metadata: PictureMetadata, _ source: (width: Int, height: Int),
    _ output: (width: Int, height: Int), _ record: MetadataRecord?
  ) {
    if let density = metadata.uprightDensity?.physicalDimensions { blocks.add("pHYs", density) }
    if let exif = exif(metadata, output) { blocks.add("eXIf", exif) }
    if let time = metadata.time { blocks.add("tIME", time) }
    var texts = metadata.texts
    if let record {
      texts.removeAll { $0.keyword == MetadataRecord.keyword }
      if !texts.contains(where: { $0.keyword == "Software" }),
        let software = PictureText(keyword: "Software", record.software)
      {
        texts.append(software)
      }
      if let text = PictureText(keyword: MetadataRecord.keyword, record.text) { texts.append(text) }
    }
    texts += Self.lines(metadata).prefix(metadata.comments.count).compactMap {
      $0.text.flatMap { PictureText(keyword: "Comment", $0) }
    }
    for text in texts { blocks.add(text.kind.rawValue, text.data) }
    if let photoshop = metadata.photoshop, !photoshop.bytes.isEmpty {
      let text = RawProfile.text(named: "iptc", photoshop.bytes)
      if let data = PictureText.compressed(keyword: RawProfile.keyPrefix + "iptc", text) {
        blocks.add("zTXt", data)
      } else {
        left.append("its IPTC")
      }
    }
    if let packet = xmp(metadata, source, output, adding: XMPAdditions()) {
      blocks.add("iTXt", Array(PictureMetadata.xmpKeyword.utf8) + [0, 0, 0, 0, 0] + packet.bytes)
    }
  }

  // MARK: JPEG

  /// Bytes that a segment holds.
  private static let segmentSize = 65_533

  private mutating func addJPEG(
    _ metadata: PictureMetadata, _ source: (width: Int, height: Int),
    _ output: (width: Int, height: Int), _ record: MetadataRecord?
  ) {
    density = metadata.uprightDensity?.jfif
    let size = Self.segmentSize
    if let exif = exif(metadata, output, comment: Self.generatorSettings(metadata)) {
      if exif.count + 6 <= size {
        blocks.add(0xE1, Array("Exif\0\0".utf8) + exif)
      } else {
        left.append("its EXIF of more than 64 KiB")
      }
    }
    let name = Array(PictureMetadata.xmpName.utf8)
    let additions = Self.additions(record)
    if var packet = xmp(metadata, source, output, adding: additions) {
      if packet.bytes.count + name.count > size { packet = packet.withoutPadding }
      if packet.bytes.count + name.count > size {
        left.append("its XMP of more than 64 KiB")
        if let own = additions.isEmpty ? nil : XMPPacket.new(additions) {
          blocks.add(0xE1, name + own.bytes)
        }
      } else {
        blocks.add(0xE1, name + packet.bytes)
      }
    }
    if let photoshop = metadata.photoshop, !photoshop.bytes.isEmpty {
      let name = Array(PictureMetadata.photoshopName.utf8)
      for start in stride(from: 0, to: photoshop.bytes.count, by: size - name.count) {
        blocks.add(0xED, name + photoshop.bytes[start...].prefix(size - name.count))
      }
    }
    for line in Self.lines(metadata) {
      let comment = line.text.map { line.keyword == "Comment" ? $0 : "\(line.keyword): \($0)" }
      if let comment, comment.utf8.count <= size {
        blocks.add(0xFE, comment.utf8)
      } else {
        left.append("its text '\(line.keyword)'")
      }
    }
  }

  // MARK: WebP

  /// Keys of PNG's specification that Dublin Core has too.
  private static let dublinCore = [
    "Title": "title", "Author": "creator", "Description": "description", "Copyright": "rights",
  ]

  private mutating func addWebP(
    _ metadata: PictureMetadata, _ source: (width: Int, height: Int),
    _ output: (width: Int, height: Int), _ record: MetadataRecord?
  ) {
    let settings = Self.generatorSettings(metadata)
    // Nothing but EXIF says the density.
    let isSaid = metadata.ownDensity == nil || metadata.exif?.density == metadata.ownDensity
    let exif = exif(
      metadata, output, density: isSaid ? nil : metadata.uprightDensity, comment: settings)
    if let exif { blocks.add("EXIF", exif) }
    var additions = Self.additions(record)
    let isSettingsKept = exif != nil && settings != nil && Self.takesComment(metadata.exif)
    for line in Self.lines(metadata) {
      guard let text = line.text else {
        left.append("its text '\(line.keyword)'")
        continue
      }
      if isSettingsKept, line.keyword == "parameters" { continue }
      let isAdded = Self.dublinCore[line.keyword].map {
        additions.add(
          XMPAdditions.Property(
            space: .dublinCore, name: $0, form: $0 == "creator" ? .sequence : .languages,
            values: [text]), to: metadata.xmp)
      }
      if isAdded != true { additions.texts.append("\(line.keyword): \(text)") }
    }
    addIPTC(metadata, to: &additions)
    if let packet = xmp(metadata, source, output, adding: additions) {
      blocks.add("XMP ", packet.bytes)
    }
  }

  /// Says in XMP what IPTC says, where the packet does not say it yet.
  private mutating func addIPTC(_ metadata: PictureMetadata, to additions: inout XMPAdditions) {
    guard let iptc = metadata.photoshop?.iptc else { return }
    let records = IPTCRecords(iptc)
    for property in records.properties { additions.add(property, to: metadata.xmp) }
    if records.texts.isEmpty {
      left.append("its IPTC")
    } else if !records.fitsXMP {
      left.append("what of its IPTC has no place in XMP")
    }
  }
}
