import Foundation
import TestSupport
import Testing
import Upscale

/// What the command makes of colours.
@Suite struct ColorTests {
  private func mean(_ picture: Picture) -> Double {
    let samples = stride(from: 0, to: picture.bytes.count, by: picture.depth.byteCount).map {
      picture.depth == .eight
        ? Double(picture.bytes[$0])
        : Double(Int(picture.bytes[$0]) | Int(picture.bytes[$0 + 1]) << 8) / 257
    }
    return samples.reduce(0, +) / Double(samples.count)
  }

  /// A PNG of 16 bits whose samples are light, and whose mean looks like 128.
  private func linearPNG() throws -> [UInt8] {
    // 0.2158 is what sRGB has at 128.
    var samples: [Int] = []
    for pixel in 0..<32 * 24 { samples += [Int](repeating: 14100 + pixel % 7 * 16, count: 3) }
    let picture = Picture(width: 32, height: 24, layout: .rgb, depth: .sixteen, samples: samples)
    return PNGBuilder.inserting(
      PNGBuilder.chunk("gAMA", PNGBuilder.bigEndian(100_000)),
      into: try PictureEncoder.encode(picture, as: .png))
  }

  @Test("A PNG's linear samples stay linear in 16 bits, and are encoded in 8")
  func linear() throws {
    for (options, isLinear) in [
      (["-f", "png"], true), (["-f", "png", "--depth", "8"], false), (["-f", "jpeg"], false),
      (["-f", "webp"], false),
    ] as [([String], Bool)] {
      let result = try ProcessRunner.run(
        Command.path, ["image", "-", "-", "-m", Command.quickModel] + options,
        input: linearPNG())
      #expect(result.exitCode == 0, "\(result.standardError)")
      let decoded = try PictureDecoder.decode(result.standardOutput)
      let level = mean(decoded.picture)
      // The network shifts flat colours a little.
      #expect(abs(level - (isLinear ? 55 : 128)) < 8, "\(options): \(level)")
      let chunk = PNGBuilder.chunk("gAMA", PNGBuilder.bigEndian(100_000))
      let bytes = result.standardOutput
      #expect(bytes.indices.contains { bytes[$0...].starts(with: chunk) } == isLinear)
    }
  }

  @Test("A PNG's cICP goes to PNG as it is, and elsewhere as a profile")
  func codePoints() throws {
    let chunk = PNGBuilder.chunk("cICP", [12, 13, 0, 1])
    let png = PNGBuilder.inserting(chunk, into: try Samples.colour(.png))
    for format in PictureFormat.allCases {
      let result = try Command.run(
        "image", "-", "-", "-f", format.rawValue, "-m", Command.quickModel, input: png)
      #expect(result.exitCode == 0 && result.standardError.isEmpty, "\(result.standardError)")
      let bytes = result.standardOutput
      #expect(
        bytes.indices.contains { bytes[$0...].starts(with: chunk) } == (format == .png))
      #expect(try PictureDecoder.decode(bytes).info.hasICCProfile == (format != .png))
    }
  }

  @Test("What a format cannot say is named")
  func highDynamicRange() throws {
    let png = PNGBuilder.inserting(
      PNGBuilder.chunk("cICP", [9, 16, 0, 1]), into: try Samples.colour(.png))
    let kept = try Command.run("image", "-", "-", "-m", Command.quickModel, input: png)
    #expect(kept.exitCode == 0 && kept.standardError.isEmpty)
    let lost = try Command.run(
      "image", "-", "-", "-f", "jpeg", "-m", Command.quickModel, input: png)
    #expect(lost.exitCode == 0 && lost.standardError.contains("PQ"), "\(lost.standardError)")
  }

  @Test("--to-srgb converts, or refuses in a sentence that names the package")
  func srgb() throws {
    let png = PNGBuilder.inserting(
      PNGBuilder.chunk("cICP", [12, 13, 0, 1]), into: try Samples.colour(.png))
    for format in PictureFormat.allCases {
      let result = try Command.run(
        "image", "-", "-", "--to-srgb", "-f", format.rawValue, "-m", Command.quickModel, input: png)
      guard ColorTransform.load() else {
        expectRefusal(result, 78, saying: "liblcms2-2")
        continue
      }
      #expect(result.exitCode == 0 && result.standardError.isEmpty, "\(result.standardError)")
      #expect(try !PictureDecoder.decode(result.standardOutput).info.hasICCProfile)
    }
    guard ColorTransform.load() else { return }
    let refused = try Command.run(
      "image", "-", "-", "--to-srgb", "-m", Command.quickModel,
      input: PNGBuilder.inserting(
        PNGBuilder.chunk("cICP", [9, 18, 0, 1]), into: try Samples.colour(.png)))
    expectRefusal(refused, 65, saying: "HLG")
  }

  @Test("--color-fix brings the mean of the input back, whatever the threads and tiles")
  func colorFix() throws {
    let folder = try TemporaryFolder()
    for (name, options) in [
      ("plain.png", []), ("fixed.png", ["--color-fix"]),
      ("other.png", ["--color-fix", "--threads", "1", "--tile", "48"]),
    ] as [(String, [String])] {
      let result = try ProcessRunner.run(
        Command.path, ["image", Command.photo, name, "-m", Command.quickModel] + options,
        in: folder.url)
      #expect(result.exitCode == 0, "\(result.standardError)")
    }
    let input = try PictureDecoder.decode(Samples.photo).picture
    let fixed = try PictureDecoder.decode(folder.read("fixed.png")).picture
    #expect(abs(mean(fixed) - mean(input)) < 0.1)
    #expect(try PictureDecoder.decode(folder.read("other.png")).picture == fixed)
    #expect(try PictureDecoder.decode(folder.read("plain.png")).picture != fixed)
  }

  @Test("A gradient of 16 bits has no bands in 8")
  func bands() throws {
    var samples: [Int] = []
    for _ in 0..<16 { for x in 0..<160 { samples.append(20000 + x * 5) } }
    let picture = Picture(width: 160, height: 16, layout: .gray, depth: .sixteen, samples: samples)
    let png = try PictureEncoder.encode(picture, as: .png)
    let result = try Command.run(
      "image", "-", "-", "--depth", "8", "-m", Command.quickModel, input: png)
    #expect(result.exitCode == 0, "\(result.standardError)")
    let decoded = try PictureDecoder.decode(result.standardOutput).picture
    #expect(decoded.depth == .eight && decoded.layout == .gray)
    // 514 units are two levels: steps between neighbours are many.
    let row = (0..<decoded.width).map { decoded.pixel($0, 20)[0] }
    #expect(zip(row, row.dropFirst()).count { $0 != $1 } > 30)
  }
}
