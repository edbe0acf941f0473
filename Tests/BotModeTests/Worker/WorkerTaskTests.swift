import BotMode
import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// The results of the worker's tasks.
@Suite("Worker: tasks", .serialized, .waiting, .timeLimit(.minutes(20))) struct WorkerTaskTests {
  @Test(
    "The result is that of the library, in the format that was asked for",
    arguments: PictureFormat.allCases)
  func result(format: PictureFormat) throws {
    let harness = try WorkerHarness(models: [WorkerHarness.quickModel])
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: WorkerHarness.photo)))
    var rendered: [RenderedPicture] = []
    var fractions: [Double] = []
    let result = try harness.worker.run(
      harness.task(bytes, model: WorkerHarness.quickModel, into: format)
    ) { event in
      switch event {
      case .progress(let progress): fractions.append(progress.fraction)
      case .rendered(let picture): rendered.append(picture)
      }
    }
    #expect((result.file.width, result.file.height, result.scale) == (640, 480, 4))
    #expect(result.file.format == format)
    #expect(result.steps.isEmpty)
    #expect(result.warnings.isEmpty && result.losses.isEmpty)
    #expect(rendered.map(\.file.path) == [result.file.path])
    #expect(rendered.map(\.scale) == [4])
    #expect(fractions.allSatisfy { (0...1).contains($0) })
    #expect(!fractions.isEmpty)

    let model = try ModelCatalog.standard().load(WorkerHarness.quickModel)
    let job = try PictureJob(
      bytes, spec: OutputSpec(format: format), upscaler: Upscaler(model: model, threads: 2))
    var expected: [UInt8] = []
    try job.run { (part) throws(UpscaleError) in expected.append(contentsOf: part) }
    #expect(try [UInt8](Data(contentsOf: URL(filePath: result.file.path))) == expected)
    // What it took tells how long the next one will take.
    #expect(harness.worker.hello?.models.first?.seconds(width: 160, height: 120) ?? 0 > 0)
  }

  @Test("The strongest model, another factor, and one model after the other")
  func models() throws {
    let harness = try WorkerHarness(models: [WorkerHarness.slowModel, WorkerHarness.quickModel])
    let picture = Picture.waves(width: 21, height: 13)
    for (model, scale, size) in [
      (WorkerHarness.slowModel, nil, (84, 52)), (WorkerHarness.quickModel, 2, (42, 26)),
      (WorkerHarness.slowModel, 1.5, (32, 20)),
    ] as [(String, Double?, (Int, Int))] {
      let result = try harness.worker.run(harness.task(picture, model: model, scale: scale))
      let made = try harness.picture(result).picture
      #expect((made.width, made.height) == size)
      #expect(PictureDifference(made, picture.resized(width: size.0, height: size.1)).psnr > 15)
    }
    #expect(harness.worker.hello?.models.map(\.scale) == [4, 4])
    #expect(harness.worker.hello?.models.allSatisfy { ($0.pace ?? 0) > 0 } == true)
  }

  @Test("Transparency and 16 bits are kept")
  func alpha() throws {
    let harness = try WorkerHarness()
    let deep = Picture.waves(width: 20, height: 16, layout: .rgba, depth: .sixteen)
    let made = try harness.picture(harness.worker.run(harness.task(deep)))
    #expect(made.picture.layout == .rgba)
    #expect(made.picture.depth == .sixteen)
    let gray = Picture.waves(width: 20, height: 16, layout: .grayAlpha)
    #expect(
      try harness.picture(harness.worker.run(harness.task(gray))).picture.layout == .grayAlpha)
    // Where the format has no transparency, that is said.
    let flat = try harness.worker.run(harness.task(gray, into: .jpeg))
    #expect(flat.file.format == .jpeg)
    #expect(flat.losses.contains { $0.contains("transparency") })
  }

  @Test("A photo's place stays at home; its profile comes along, and it stands upright")
  func metadata() throws {
    let harness = try WorkerHarness()
    let profile = MetadataBuilder.profile()
    let stored = Picture.waves(width: 24, height: 16)
    let exif = MetadataBuilder.exifWithPlace(orientation: 6)
    let icc = Array("ICC_PROFILE\0".utf8) + [1, 1] + profile
    let jpeg = JPEGBuilder.inserting(
      JPEGBuilder.segment(0xE1, exif) + JPEGBuilder.segment(0xE2, icc),
      into: try PictureEncoder.encode(stored, as: .jpeg))
    func holds(_ part: [UInt8], _ bytes: [UInt8]) -> Bool {
      Data(bytes).range(of: Data(part)) != nil
    }
    let place = exif[(exif.count - 24)...]
    #expect(holds(Array(place), jpeg))
    for (format, limit) in [
      (PictureFormat.png, 50_000_000), (.jpeg, 50_000_000), (.webp, 50_000_000), (.png, 1200),
    ] {
      let result = try harness.worker.run(harness.task(jpeg, into: format, byteLimit: limit))
      let bytes = try [UInt8](Data(contentsOf: URL(filePath: result.file.path)))
      #expect(!holds(Array(place), bytes))
      for mark in ["Exif", "EXIF", "eXIf", "II*\0"] { #expect(!holds(Array(mark.utf8), bytes)) }
      let decoded = try harness.picture(result)
      #expect(decoded.info.orientation == 1)
      #expect(decoded.picture.height > decoded.picture.width)
      #expect(decoded.picture.iccProfile == profile)
      if limit < 50_000 { #expect(!result.steps.isEmpty) }
    }
  }

  @Test("Headers are read, and pictures refused by reason")
  func examination() throws {
    let harness = try WorkerHarness { settings in
      settings.limits.pixels = 10_000
      settings.limits.side = 300
      settings.limits.fileBytes = 100_000
      settings.limits.resultPixels = 30_000
    }
    let (folder, worker) = (harness.folder, harness.worker)
    let good = try PictureEncoder.encode(
      .waves(width: 90, height: 100, layout: .rgba), as: .webp)
    let examination = try worker.examine(folder.write(good, as: "good"))
    #expect(examination.format == .webp)
    #expect((examination.width, examination.height) == (90, 100))
    #expect(examination.hasAlpha)
    #expect(examination.frameCount == 1)
    #expect(examination.bytes == good.count)
    #expect(examination.warnings.isEmpty)

    let gif = Array("GIF89a".utf8) + [UInt8](repeating: 0, count: 40)
    let png = try PictureEncoder.encode(.waves(width: 30, height: 30), as: .png)
    let cases: [(bytes: [UInt8], reason: WorkerRefusal.Reason)] = [
      (gif, .notAPicture(.gif)),
      (Array("%PDF-1.7 and so on, for quite a while".utf8), .notAPicture(.pdf)),
      (Array("just some words, which are no picture".utf8), .notAPicture(nil)),
      (Array(png[..<(png.count / 2)]), .damaged),
      (
        try PictureEncoder.encode(.waves(width: 101, height: 100), as: .jpeg),
        .tooManyPixels(width: 101, height: 100, limit: 10_000)
      ),
      (
        try PictureEncoder.encode(.waves(width: 4, height: 301), as: .png),
        .sideTooLong(width: 4, height: 301, limit: 300)
      ),
      ([UInt8](repeating: 7, count: 100_001), .fileTooLarge(bytes: 100_001, limit: 100_000)),
      ([], .damaged),
    ]
    for (index, one) in cases.enumerated() {
      let path = try folder.write(one.bytes, as: "bad-\(index)")
      #expect(
        WorkerHarness.reason { () throws(WorkerFailure) in try worker.examine(path) } == one.reason)
      let task = try harness.task(one.bytes)
      #expect(
        WorkerHarness.reason { () throws(WorkerFailure) in try worker.run(task) } == one.reason)
    }
    let large = try harness.task(.waves(width: 100, height: 100))
    #expect(
      WorkerHarness.reason { () throws(WorkerFailure) in try worker.run(large) }
        == .tooManyResultPixels(width: 200, height: 200, limit: 30_000))
    let unknown = try harness.task(.waves(width: 10, height: 10), model: "another")
    #expect(
      WorkerHarness.reason { () throws(WorkerFailure) in try worker.run(unknown) } == .badModel)
    // Damage that the header does not show.
    let late = try PictureEncoder.encode(.noise(width: 60, height: 60), as: .png)
    var broken = late
    for index in late.count / 2..<late.count / 2 + 40 { broken[index] ^= 0x55 }
    let task = try harness.task(broken)
    #expect(WorkerHarness.reason { () throws(WorkerFailure) in try worker.run(task) } == .damaged)
    // One worker has done all of these tasks.
    #expect(try worker.start().pid == worker.hello?.pid)
    #expect(folder.names.filter { $0.hasSuffix(".part") }.isEmpty)
  }

  @Test("The promise of memory is kept, through all attempts to make a file smaller")
  func budget() throws {
    let harness = try WorkerHarness { $0.maxMemory = 70_000_000 }
    // As noise is: large in every format.
    var state: UInt32 = 1
    let bytes = (0..<700 * 500 * 3).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    let picture = Picture(width: 700, height: 500, layout: .rgb, bytes: bytes)
    let task = try harness.task(picture, byteLimit: 1_200_000)
    let result = try harness.worker.run(task)
    // There is no memory for a WebP, which is gathered whole.
    #expect(result.file.format == .jpeg)
    #expect(result.steps.count > 1)
    #expect(result.file.bytes <= 1_200_000)
    let pid = try #require(harness.worker.hello?.pid)
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let peak = try #require(status.firstMatch(of: /VmHWM:\s*([0-9]+) kB/))
    #expect(try #require(Int(peak.1)) * 1024 <= 70_000_000)
  }

  @Test("What there is no memory for is refused, and the worker lives on")
  func memory() throws {
    let harness = try WorkerHarness { $0.maxMemory = 48_000_000 }
    // A WebP is read whole.
    let plain = Picture(
      width: 3000, height: 2500, layout: .rgb, bytes: [UInt8](repeating: 99, count: 22_500_000))
    let large = try harness.task(PictureEncoder.encode(plain, as: .webp))
    #expect(
      WorkerHarness.reason { () throws(WorkerFailure) in try harness.worker.run(large) }
        == .notEnoughMemory)
    let pid = harness.worker.hello?.pid
    _ = try harness.worker.run(harness.task(.waves(width: 10, height: 10)))
    #expect(harness.worker.hello?.pid == pid)
  }
}
