import BotMode
import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// Results that are too large, made smaller.
@Suite("Worker: results that must fit", .serialized, .waiting, .timeLimit(.minutes(20)))
struct WorkerFittingTests {
  @Test("Formats come first, then fewer pixels; the network's picture stays")
  func rungs() throws {
    let harness = try WorkerHarness()
    let picture = Picture.waves(width: 96, height: 72, noise: 0.3)
    let whole = try harness.worker.run(harness.task(picture))
    #expect(whole.steps.isEmpty)
    var sizes: [PictureFormat: Int] = [.png: whole.bytes]
    var seen: Set<String> = []
    // Each limit is just below the size of the last result.
    var limit = whole.bytes - 1
    for _ in 0..<12 where limit > 500 {
      var rendered: RenderedPicture?
      let result = try harness.worker.run(harness.task(picture, byteLimit: limit)) { event in
        if case .rendered(let picture) = event { rendered = picture }
      }
      #expect(result.bytes <= limit)
      let last = try #require(result.steps.last)
      #expect(last.fits && result.steps.dropLast().allSatisfy { !$0.fits })
      #expect((last.format, last.bytes, last.width) == (result.format, result.bytes, result.width))
      _ = try harness.picture(result)
      let isSmaller = result.width < whole.width
      #expect(isSmaller == (result.scale < 2))
      seen.insert("\(result.format) \(isSmaller)")
      if sizes[result.format] == nil { sizes[result.format] = result.bytes }
      let master = try #require(rendered)
      #expect((master.width, master.height) == (192, 144))
      #expect(
        try Data(contentsOf: URL(filePath: master.path))
          == Data(contentsOf: URL(filePath: whole.path)))
      limit = isSmaller ? limit / 2 : result.bytes - 1
    }
    #expect(seen.contains("webp false"))
    #expect(seen.contains("jpeg false"))
    #expect(seen.contains { $0.hasSuffix("true") })
  }

  @Test("A picture with transparency never becomes a JPEG; an opaque one may")
  func alpha() throws {
    let harness = try WorkerHarness()
    let picture = Picture.waves(width: 80, height: 60, layout: .rgba, noise: 0.3)
    for limit in [40_000, 8_000, 2_000] {
      let result = try harness.worker.run(harness.task(picture, byteLimit: limit))
      #expect(result.format == .webp)
      #expect(result.bytes <= limit)
      #expect(try harness.picture(result).picture.layout == .rgba)
      #expect(!result.losses.contains { $0.contains("transparency") })
    }
    var opaque = picture
    for pixel in 0..<80 * 60 { opaque.bytes[pixel * 4 + 3] = 255 }
    var formats: Set<PictureFormat> = []
    for limit in [30_000, 12_000, 10_000, 9_000] {
      let result = try harness.worker.run(harness.task(opaque, byteLimit: limit))
      formats.formUnion(result.steps.map(\.format))
      #expect(!result.losses.contains { $0.contains("transparency") })
    }
    #expect(formats.contains(.jpeg))
  }

  @Test("A lossy format that was asked for is kept as long as possible")
  func preferred() throws {
    let harness = try WorkerHarness()
    let picture = Picture.waves(width: 96, height: 72, layout: .rgba, noise: 0.3)
    let free = try harness.worker.run(harness.task(picture, into: .jpeg))
    #expect(free.format == .jpeg && free.steps.isEmpty)
    // Made by way of a PNG, since it may not fit: the same file.
    let bound = try harness.worker.run(
      harness.task(picture, into: .jpeg, byteLimit: free.bytes + 1000))
    #expect(bound.steps.isEmpty)
    #expect(
      try Data(contentsOf: URL(filePath: bound.path))
        == Data(contentsOf: URL(filePath: free.path)))
    #expect(bound.losses == free.losses)
    let less = try harness.worker.run(
      harness.task(picture, into: .jpeg, byteLimit: free.bytes - 1))
    #expect(less.format == .jpeg)
    #expect(less.steps.count > 1 && less.steps.first?.quality == 95)
    let small = try harness.worker.run(harness.task(picture, into: .webp, byteLimit: 3000))
    #expect(small.format == .webp && small.width < 192)
  }

  @Test("What nothing can be made of is refused")
  func hopeless() throws {
    let harness = try WorkerHarness()
    let task = try harness.task(.noise(width: 40, height: 30), byteLimit: 20)
    #expect(
      WorkerHarness.reason { () throws(WorkerFailure) in try harness.worker.run(task) }
        == .resultTooLarge(limit: 20))
    #expect(harness.folder.names.filter { $0.contains("fitted") || $0.hasSuffix(".part") }.isEmpty)
  }

  @Test("An enlarged picture is brought below its size without the network")
  func transcode() throws {
    let harness = try WorkerHarness()
    let picture = Picture.waves(width: 96, height: 72, depth: .sixteen, noise: 0.3)
    let whole = try harness.worker.run(harness.task(picture))
    for format in PictureFormat.allCases {
      let task = TranscodeTask(
        input: whole.path, output: harness.folder.path("again-\(format)"), scale: 2,
        format: format, byteLimit: 12_000)
      var events: [WorkerEvent] = []
      let result = try harness.worker.run(.transcode(task)) { events.append($0) }
      #expect(result.bytes <= 12_000)
      #expect(try harness.picture(result).picture.depth == .eight)
      #expect(
        events.allSatisfy {
          if case .progress(let progress) = $0 { progress.isFitting } else { false }
        })
      #expect(FileManager.default.fileExists(atPath: whole.path))
    }
    let same = TranscodeTask(
      input: whole.path, output: harness.folder.path("same"), scale: 2, byteLimit: whole.bytes)
    let result = try harness.worker.run(.transcode(same))
    #expect(result.path == whole.path && result.steps.isEmpty && result.scale == 2)
    let missing = TranscodeTask(
      input: harness.folder.path("nothing.png"), output: harness.folder.path("x"), scale: 2,
      byteLimit: 1)
    #expect(
      WorkerHarness.reason { () throws(WorkerFailure) in
        try harness.worker.run(.transcode(missing))
      } == .fault)
  }
}
