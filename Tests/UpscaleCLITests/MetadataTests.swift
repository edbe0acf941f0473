import Foundation
import TestSupport
import Testing
import Upscale

/// What the outputs say beside their pixels.
@Suite struct MetadataTests {
  /// A batch of every format in every orientation, in both byte orders, its orientation a short or a long.
  @Test(
    "What must survive does, in all formats and orientations", arguments: PictureFormat.allCases)
  func matrix(output: PictureFormat) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "in"), withIntermediateDirectories: true)
    for format in PictureFormat.allCases {
      for orientation in 1...8 {
        let file = try MetadataSamples.file(
          format, orientation: orientation, bigEndian: orientation % 2 == 0,
          type: orientation > 4 ? 4 : 3)
        try folder.write(file, as: "in/\(format.rawValue)-\(orientation).\(format.rawValue)")
      }
    }
    let ending = output == .jpeg ? "jpg" : output.rawValue
    let result = try Command.run(
      "batch", "in", "out", "-m", Command.quickModel, "--format", output.rawValue, "--name",
      "{stem}.\(ending)", in: folder)
    #expect(result.exitCode == 0, "\(result.standardError)")
    for input in PictureFormat.allCases {
      for orientation in 1...8 {
        let bytes = try folder.read("out/\(input.rawValue)-\(orientation).\(ending)")
        try check(bytes, input: input, output: output, "\(input) \(orientation)")
      }
    }
  }

  private func check(
    _ bytes: [UInt8], input: PictureFormat, output: PictureFormat, _ name: Comment
  ) throws {
    let (width, height) = (MetadataSamples.size.width * 4, MetadataSamples.size.height * 4)
    let decoded = try PictureDecoder.decode(bytes)
    #expect(decoded.warnings.isEmpty, "\(decoded.warnings)")
    #expect(decoded.picture.width == width && decoded.picture.height == height, name)
    #expect(decoded.info.orientation == 1, name)
    // The middles of the quarters.
    for (x, y, color) in [(40, 24, 0), (120, 24, 1), (40, 72, 2)] {
      let start = (y * width + x) * 3
      let pixel = Array(decoded.picture.bytes[start..<start + 3])
      #expect(pixel.firstIndex(of: pixel.max() ?? 0) == color, name)
    }
    let reader = MetadataReader(bytes)
    #expect(reader.number(0x0112) == 1, name)
    #expect(reader.number(0x0100) == width && reader.number(0x0101) == height, name)
    #expect(reader.number(0xA002, in: 0x8769) == width, name)
    #expect(reader.number(0xA003, in: 0x8769) == height, name)
    #expect(reader.value(0x927C, in: 0x8769) == EXIFBuilder.makerNote, name)
    #expect(reader.value(1, in: 0x8825) == [0x4E, 0], name)
    #expect(reader.value(0x010F) == Array("Acme Cameras\0".utf8), name)
    #expect(reader.number(0x011A) == 300 && !reader.hasThumbnail, name)
    let xmp = try #require(reader.xmp, name)
    #expect(xmp.contains("tiff:Orientation=\"1\"") && xmp.contains("Harbour"), name)
    #expect(xmp.contains("exif:PixelXDimension='\(width)'"), name)
    #expect(xmp.contains("<exif:PixelYDimension>\(height)</exif:PixelYDimension>"), name)
    switch output {
    case .jpeg:
      #expect(reader.density == [1, 300, 300], name)
      #expect((reader.resources == MetadataSamples.resources) == (input != .webp), name)
      if input == .jpeg { #expect(reader.comments == ["Made by hand"], name) }
      if input == .png {
        #expect(reader.comments == ["Author: Ana", "parameters: a cat, Steps: 20"], name)
      }
    case .png:
      #expect(reader.density == [11811, 11811, 1], name)
      #expect((reader.texts["Raw profile type iptc"] != nil) == (input != .webp), name)
      if input == .jpeg { #expect(reader.texts["Comment"] == "Made by hand", name) }
      if input == .png {
        #expect(reader.texts["Author"] == "Ana" && reader.texts["parameters"] != nil, name)
      }
      #expect(reader.texts["Software"] == "upscale \(upscaleVersion)", name)
      #expect(
        reader.texts["upscale"]?.contains("\"model\":\"\(Command.quickModel)\"") == true, name)
    case .webp:
      if input == .png {
        #expect(xmp.contains("<dc:creator><rdf:Seq><rdf:li>Ana</rdf:li>"), name)
        #expect(xmp.contains("a cat, Steps: 20"), name)
      }
      if input == .jpeg { #expect(xmp.contains("Comment: Made by hand"), name) }
      #expect(xmp.contains("<photoshop:City>Lisbon</photoshop:City>") == (input != .webp), name)
    }
    if output != .png {
      #expect(xmp.contains("upscale:model=\"\(Command.quickModel)\""), name)
      #expect(xmp.contains("upscale:model_sha256=\""), name)
    }
  }

  @Test(
    "--strip-metadata leaves the pixels upright and nothing else", arguments: PictureFormat.allCases
  )
  func strip(output: PictureFormat) throws {
    for input in PictureFormat.allCases {
      let result = try Command.run(
        "image", "-", "-", "-m", Command.quickModel, "--format", output.rawValue,
        "--strip-metadata",
        input: MetadataSamples.file(input, orientation: 6))
      #expect(result.exitCode == 0 && result.standardError.isEmpty, "\(result.standardError)")
      let reader = MetadataReader(result.standardOutput)
      #expect(reader.exif == nil && reader.xmp == nil && reader.resources == nil)
      #expect(reader.texts.isEmpty && reader.comments.isEmpty)
      let allowed: Set =
        switch output {
        case .png: ["IHDR", "IDAT", "IEND"]
        case .jpeg: ["e0", "db", "c0", "c4"]
        case .webp: ["VP8 "]
        }
      #expect(Set(reader.parts).subtracting(allowed).isEmpty, "\(reader.parts)")
      let picture = try PictureDecoder.decode(result.standardOutput).picture
      #expect(picture.width == MetadataSamples.size.width * 4)
    }
  }

  @Test(
    "Gray, alpha and 16 bits keep their metadata", arguments: PictureFormat.allCases,
    [Picture.Layout.gray, .grayAlpha, .rgba])
  func layouts(output: PictureFormat, layout: Picture.Layout) throws {
    for depth in [Picture.Depth.eight, .sixteen] {
      let count = 20 * 12 * layout.rawValue * depth.byteCount
      let picture = Picture(
        width: 20, height: 12, layout: layout, depth: depth,
        bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) })
      let exif = EXIFBuilder.rich(orientation: 8, bigEndian: true, size: (20, 12))
      let file = PNGBuilder.inserting(
        PNGBuilder.chunk("eXIf", exif)
          + PNGBuilder.chunk(
            "iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + MetadataSamples.xmp(orientation: 8)),
        into: try PictureEncoder.encode(picture, as: .png))
      let result = try Command.run(
        "image", "-", "-", "-m", Command.quickModel, "-s", "1", "--format", output.rawValue,
        input: file)
      let decoded = try PictureDecoder.decode(result.standardOutput)
      #expect(decoded.picture.width == 12 && decoded.picture.height == 20)
      #expect(decoded.picture.layout.hasAlpha == (layout.hasAlpha && output != .jpeg))
      #expect(decoded.picture.depth == (output == .png ? depth : .eight))
      let reader = MetadataReader(result.standardOutput)
      #expect(reader.number(0x0112) == 1 && reader.number(0xA003, in: 0x8769) == 20)
      #expect(reader.value(0x927C, in: 0x8769) == EXIFBuilder.makerNote)
      #expect(reader.xmp?.contains("tiff:Orientation=\"1\"") == true)
    }
  }

  /// What a JPEG or PNG with a density gives as a JPEG, PNG and WebP.
  struct Density: Sendable {
    let input: PictureFormat
    /// JFIF's unit and numbers, or pHYs's numbers and unit.
    let says: [Int]
    let orientation: Int
    let jpeg: [Int]
    let png: [Int]
    /// EXIF's unit, and the numerators of its fractions.
    let webp: [Int]
  }

  @Test(
    "The shape of pixels is kept, and turned with the picture",
    arguments: [
      Density(
        input: .jpeg, says: [0, 4, 3], orientation: 1, jpeg: [0, 4, 3], png: [4, 3, 0],
        webp: [1, 4, 3]),
      Density(
        input: .jpeg, says: [1, 200, 100], orientation: 6, jpeg: [1, 100, 200],
        png: [3937, 7874, 1], webp: [2, 100, 200]),
      Density(
        input: .jpeg, says: [2, 50, 40], orientation: 3, jpeg: [2, 50, 40], png: [5000, 4000, 1],
        webp: [3, 50, 40]),
      // Out of JFIF's range, which says nothing then.
      Density(
        input: .png, says: [3, 400_000, 0], orientation: 8, jpeg: [0, 1, 1], png: [400_000, 3, 0],
        webp: [1, 400_000, 3]),
      Density(
        input: .png, says: [2000, 1000, 1], orientation: 5, jpeg: [1, 25, 51],
        png: [1000, 2000, 1], webp: [2, 25400, 50800]),
      // Square pixels of no size are what every file has that says nothing.
      Density(
        input: .jpeg, says: [0, 1, 1], orientation: 6, jpeg: [1, 300, 300], png: [11811, 11811, 1],
        webp: [2, 300, 300]),
    ])
  func pixelShape(density: Density) throws {
    let plain = try PictureEncoder.encode(MetadataSamples.upright, as: density.input)
    let exif = EXIFBuilder.rich(
      orientation: density.orientation, bigEndian: false, size: MetadataSamples.size)
    var file: [UInt8]
    if density.input == .jpeg {
      file = JPEGBuilder.inserting(
        JPEGBuilder.segment(0xE1, Array("Exif\0\0".utf8) + exif), into: plain)
      let jfif = try #require(file.firstRange(of: Array("JFIF\0".utf8)))
      file.replaceSubrange(
        jfif.upperBound + 2..<jfif.upperBound + 7,
        with: [UInt8(density.says[0]), 0, UInt8(density.says[1]), 0, UInt8(density.says[2])])
    } else {
      file = PNGBuilder.inserting(
        PNGBuilder.chunk("eXIf", exif)
          + PNGBuilder.chunk(
            "pHYs",
            PNGBuilder.bigEndian(density.says[0]) + PNGBuilder.bigEndian(density.says[1])
              + [UInt8(density.says[2])]), into: plain)
    }
    for format in PictureFormat.allCases {
      let result = try Command.run(
        "image", "-", "-", "-m", Command.quickModel, "-s", "1", "--format", format.rawValue,
        input: file)
      #expect(result.exitCode == 0 && result.standardError.isEmpty, "\(result.standardError)")
      let reader = MetadataReader(result.standardOutput)
      switch format {
      case .jpeg: #expect(reader.density == density.jpeg)
      case .png: #expect(reader.density == density.png)
      case .webp:
        #expect(
          [0x0128, 0x011A, 0x011B].map { reader.number($0) } == density.webp)
      }
    }
  }

  private static func dataSet(_ record: UInt8, _ number: UInt8, _ contents: [UInt8]) -> [UInt8] {
    [0x1C, record, number, UInt8(contents.count >> 8), UInt8(contents.count & 255)] + contents
  }

  private static func segment(iptc: [UInt8]) -> [UInt8] {
    JPEGBuilder.segment(
      0xED,
      Array("Photoshop 3.0\08BIM".utf8) + [4, 4, 0, 0] + PNGBuilder.bigEndian(iptc.count) + iptc
        + [UInt8](repeating: 0, count: iptc.count % 2))
  }

  @Test("IPTC becomes XMP in a WebP, unless XMP says it already", arguments: [true, false])
  func iptc(isUTF8: Bool) throws {
    var iptc = isUTF8 ? Self.dataSet(1, 90, [0x1B, 0x25, 0x47]) : []
    iptc += Self.dataSet(2, 0, [0, 4]) + Self.dataSet(2, 5, Array("Title".utf8))
    iptc += Self.dataSet(2, 25, Array("boat".utf8)) + Self.dataSet(2, 25, Array("a < b".utf8))
    iptc += Self.dataSet(2, 80, isUTF8 ? Array("Zoë".utf8) : [0x5A, 0x6F, 0xEB])
    iptc += Self.dataSet(2, 55, Array("20240506".utf8)) + Self.dataSet(2, 90, Array("Faro".utf8))
    for hasXMP in [false, true] {
      var segments = Self.segment(iptc: iptc)
      if hasXMP {
        let packet = MetadataSamples.xmp(
          orientation: 1,
          "<p:City xmlns:p=\"http://ns.adobe.com/photoshop/1.0/\">Porto</p:City>")
        segments += JPEGBuilder.segment(
          0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + packet)
      }
      let result = try Command.run(
        "image", "-", "-", "-m", Command.quickModel, "-s", "1", "--format", "webp",
        input: JPEGBuilder.inserting(segments, into: try Samples.colour(.jpeg)))
      #expect(result.exitCode == 0 && result.standardError.isEmpty, "\(result.standardError)")
      let xmp = try #require(MetadataReader(result.standardOutput).xmp)
      #expect(
        xmp.contains(
          "<dc:subject><rdf:Bag><rdf:li>boat</rdf:li><rdf:li>a &lt; b</rdf:li></rdf:Bag>"))
      #expect(xmp.contains("<dc:creator><rdf:Seq><rdf:li>Zoë</rdf:li>"))
      #expect(xmp.contains("<photoshop:DateCreated>2024-05-06</photoshop:DateCreated>"))
      // The sample's packet has a title.
      #expect(xmp.contains("<rdf:li xml:lang=\"x-default\">Title</rdf:li>") == !hasXMP)
      #expect(xmp.contains("<photoshop:City>Faro</photoshop:City>") == !hasXMP)
    }
  }

  @Test(
    "What of IPTC XMP has no place for is named, and what is broken",
    arguments: [
      (
        dataSet(2, 90, Array("Faro".utf8)) + dataSet(2, 150, [1, 2]),
        "what of its IPTC has no place"
      ),
      ([0x1C, 2, 90, 255, 255, 1], "its IPTC"), ([0x1C, 2, 90, 0, 9, 1], "its IPTC"),
    ])
  func unplacedIPTC(iptc: [UInt8], words: String) throws {
    let result = try Command.run(
      "image", "-", "-", "-m", Command.quickModel, "-s", "1", "--format", "webp",
      input: JPEGBuilder.inserting(Self.segment(iptc: iptc), into: try Samples.colour(.jpeg)))
    #expect(result.exitCode == 0 && result.standardError.contains(words), "\(result.standardError)")
  }

  @Test("A batch that strips makes anew what was made with metadata")
  func fingerprint() throws {
    let folder = try TemporaryFolder()
    try folder.write(MetadataSamples.file(.png, orientation: 1), as: "in.png")
    for options in [[], ["--strip-metadata"]] {
      let result = try ProcessRunner.run(
        Command.path, ["batch", "in.png", "out", "-m", Command.quickModel] + options,
        in: folder.url)
      #expect(result.exitCode == 0 && result.standardError.contains("1 done"))
      let reader = MetadataReader(try folder.read("out/in.png"))
      #expect((reader.exif == nil) == !options.isEmpty)
      #expect((reader.texts["upscale"] == nil) == !options.isEmpty)
    }
  }

  @Test("What no output can have is named in one sentence")
  func unkept() throws {
    let gainMap = MetadataSamples.xmp(
      orientation: 1,
      "<g:Version xmlns:g=\"http://ns.adobe.com/hdr-gain-map/1.0/\">1.0</g:Version>")
    var file = JPEGBuilder.segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + gainMap)
    file += JPEGBuilder.segment(0xE1, Array("http://ns.adobe.com/xmp/extension/\0".utf8) + [1, 2])
    file += JPEGBuilder.segment(0xE2, Array("MPF\0".utf8) + [1, 2])
    file += JPEGBuilder.segment(0xEB, Array("JP\0\0jumb c2pa".utf8))
    let input = JPEGBuilder.inserting(file, into: try Samples.colour(.jpeg))
    let result = try Command.run(
      "image", "-", "-", "-m", Command.quickModel, "--format", "jpeg", input: input)
    #expect(result.exitCode == 0)
    let lines = result.standardError.split(separator: "\n")
    #expect(lines.count == 1, "\(result.standardError)")
    for words in ["gain map", "extended XMP", "C2PA"] {
      #expect(result.standardError.contains(words), "\(result.standardError)")
    }
    let xmp = try #require(MetadataReader(result.standardOutput).xmp)
    #expect(!xmp.contains("<g:Version") && xmp.contains("Harbour"))
  }

  @Test("Metadata that is damaged is left out with a warning, and the picture is read")
  func damaged() throws {
    let jpeg = JPEGBuilder.inserting(
      JPEGBuilder.segment(0xE1, Array("Exif\0\0II*\0".utf8) + [255, 255, 255, 255])
        + JPEGBuilder.segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0<x><y></x>".utf8))
        + JPEGBuilder.segment(
          0xED, Array("Photoshop 3.0\08BIM".utf8) + [4, 4, 0, 0, 255, 255, 0, 0]),
      into: try Samples.colour(.jpeg))
    let result = try Command.run("image", "-", "-", "-m", Command.quickModel, input: jpeg)
    #expect(result.exitCode == 0)
    for kind in ["EXIF", "XMP", "IPTC"] {
      #expect(
        result.standardError.contains("damaged \(kind) was left out"), "\(result.standardError)")
    }
  }

  @Test("The record does not depend on threads, and a second run replaces it")
  func record() throws {
    let input = try Samples.colour(.png)
    let outputs = try ["1", "3"].map {
      try Command.run("image", "-", "-", "-m", Command.quickModel, "-t", $0, input: input)
        .standardOutput
    }
    #expect(outputs[0] == outputs[1])
    for format in ["png", "jpeg", "webp"] {
      let once = try Command.run(
        "image", "-", "-", "-m", Command.quickModel, "-s", "1", "--format", format, input: input)
      let twice = try Command.run(
        "image", "-", "-", "-m", Command.quickModel, "-s", "2", "--format", format,
        input: once.standardOutput)
      #expect(twice.standardError.isEmpty, "\(twice.standardError)")
      let reader = MetadataReader(twice.standardOutput)
      let record = format == "png" ? reader.texts["upscale"] : reader.xmp
      #expect(record?.contains(format == "png" ? "\"scale\":\"2\"" : "upscale:scale=\"2\"") == true)
      #expect(
        record?.contains(format == "png" ? "\"scale\":\"1\"" : "upscale:scale=\"1\"") == false)
    }
  }

  @Test("Where the network has no part in an output, no model is named")
  func resampled() throws {
    let result = try Command.run(
      "image", "-", "-", "-m", Command.quickModel, "--size", "12x", input: Samples.colour(.png))
    let record = MetadataReader(result.standardOutput).texts["upscale"]
    #expect(record == "{\"version\":\"\(upscaleVersion)\",\"scale\":\"0.5\",\"resampled\":true}")
  }

  @Test("Image generators' settings go where programs look for them", arguments: ["jpeg", "webp"])
  func settings(format: String) throws {
    let chunks =
      PNGBuilder.chunk("tEXt", Array("parameters\0a cat, Steps: 20".utf8))
      + PNGBuilder.chunk("tEXt", Array("Title\0<Cat> & mouse".utf8))
    let result = try Command.run(
      "image", "-", "-", "-m", Command.quickModel, "--format", format,
      input: PNGBuilder.inserting(chunks, into: try Samples.colour(.png)))
    #expect(result.exitCode == 0 && result.standardError.isEmpty, "\(result.standardError)")
    let reader = MetadataReader(result.standardOutput)
    let comment = reader.value(0x9286, in: 0x8769) ?? []
    #expect(comment.starts(with: Array("UNICODE\0".utf8)))
    let letters = comment.dropFirst(8).filter { $0 != 0 }
    #expect(String(decoding: letters, as: UTF8.self) == "a cat, Steps: 20")
    if format == "jpeg" {
      #expect(reader.comments.contains("Title: <Cat> & mouse"))
    } else {
      #expect(reader.xmp?.contains("&lt;Cat&gt; &amp; mouse") == true)
    }
  }

  @Test("inspect tells what is there", arguments: PictureFormat.allCases)
  func inspect(format: PictureFormat) throws {
    let file = try MetadataSamples.file(format, orientation: 6)
    let json = try Command.run("inspect", "--json", "-", input: file).standardOutput
    let text = String(decoding: json, as: UTF8.self)
    #expect(text.contains("\"exif\":true,\"place\":true,\"maker_note\":true,\"xmp\":true"))
    #expect(
      text.contains("\"iptc\":\(format != .webp)") && text.contains("\"dpi\":[300.00,300.00]"))
    if format == .png { #expect(text.contains("\"texts\":[\"Author\",\"parameters\"]")) }
    let table = try Command.run("inspect", "-", input: file).standardOutput
    #expect(String(decoding: table, as: UTF8.self).contains("300 dpi"))
  }
}
