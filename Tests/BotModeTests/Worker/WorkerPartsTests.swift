import Foundation
import TestSupport
import Testing
import Upscale

@testable import BotMode

/// The worker's parts that need no process.
@Suite("Worker: parts") struct WorkerPartsTests {
  // MARK: The ladder

  private static func ladder(
    _ width: Int = 4000, _ height: Int = 3000, preferred: PictureFormat = .png,
    quality: Int? = nil, limit: Int = 10_000_000, webPPixels: Int = .max / 2,
    isOpaque: Bool? = true, rendered: (PictureFormat, Int) = (.png, 40_000_000)
  ) -> FittingLadder {
    FittingLadder(
      width: width, height: height, preferred: preferred, quality: quality, byteLimit: limit,
      webPPixels: webPPixels, isOpaque: isOpaque, rendered: rendered)
  }

  /// The attempts that are made if each one has so many bytes a pixel.
  private static func attempts(
    _ ladder: FittingLadder, transparent: Bool = false,
    bytesPerPixel: (FittingLadder.Attempt) -> Double
  ) -> (tried: [FittingLadder.Attempt], fits: Bool) {
    var (ladder, tried) = (ladder, [FittingLadder.Attempt]())
    for _ in 0..<100 {
      switch ladder.next() {
      case .giveUp: return (tried, false)
      case .lookForTransparency: ladder.isOpaque = !transparent
      case .attempt(let attempt):
        tried.append(attempt)
        let bytes = Int(Double(attempt.width * attempt.height) * bytesPerPixel(attempt))
        if bytes <= ladder.byteLimit { return (tried, true) }
        ladder.note(attempt, bytes: bytes)
      }
    }
    Issue.record("the ladder has no end")
    return (tried, false)
  }

  private static func names(_ attempts: some Sequence<FittingLadder.Attempt>) -> [String] {
    attempts.map { "\($0.format) \($0.quality ?? 0)" }
  }

  @Test("WebP comes first, then JPEG of less and less quality")
  func order() {
    let result = Self.attempts(Self.ladder()) { attempt in
      attempt.quality == 85 ? 0.8 : 0.9
    }
    // Of quality 95 it would be twice the size of the WebP.
    #expect(Self.names(result.tried) == ["webp 90", "jpeg 90", "jpeg 85"])
    #expect(result.fits)
    #expect(result.tried.allSatisfy { $0.width == 4000 && $0.height == 3000 })
    let poor = Self.attempts(Self.ladder(webPPixels: 0)) { $0.quality == 85 ? 0.8 : 1 }
    #expect(Self.names(poor.tried) == ["jpeg 95", "jpeg 90", "jpeg 85"])
  }

  @Test("What has no chance is not tried")
  func hopeless() {
    let result = Self.attempts(Self.ladder(limit: 1_000_000)) { attempt in
      attempt.format == .webp ? 1 : 1.5
    }
    #expect(Self.names(result.tried.prefix(1)) == ["webp 90"])
    // JPEG at full size would take ten times what there is.
    #expect(result.tried.dropFirst().allSatisfy { $0.width < 4000 })
    #expect(result.fits)
    #expect(result.tried.count <= 4)
  }

  @Test("A transparent picture is never tried as a JPEG")
  func transparency() {
    let result = Self.attempts(Self.ladder(limit: 100_000, isOpaque: nil), transparent: true) { _ in
      0.5
    }
    #expect(result.fits)
    #expect(result.tried.allSatisfy { $0.format == .webp })
    let opaque = Self.attempts(
      Self.ladder(limit: 9_000_000, isOpaque: nil), transparent: false
    ) { $0.format == .webp ? 0.8 : 0.7 }
    #expect(Self.names(opaque.tried) == ["webp 90", "jpeg 90"])
  }

  @Test("Sides that a format cannot have, and pixels that memory cannot hold")
  func limits() {
    let wide = Self.attempts(
      Self.ladder(17_000, 500, isOpaque: true)
    ) { _ in 0.5 }
    #expect(Self.names(wide.tried) == ["jpeg 95"])
    let clear = Self.attempts(
      Self.ladder(17_000, 500, isOpaque: false)
    ) { _ in 0.5 }
    #expect(Self.names(clear.tried) == ["webp 90"])
    #expect(clear.tried.allSatisfy { $0.width <= 16_383 && $0.width > 15_000 })
    let poor = Self.attempts(Self.ladder(webPPixels: 100_000, isOpaque: false)) { _ in 2 }
    #expect(poor.tried.allSatisfy { $0.format == .png })
    #expect(poor.fits)
    let long = Self.attempts(Self.ladder(70_000, 100, preferred: .jpeg)) { _ in 0.5 }
    #expect(Self.names(long.tried) == ["jpeg 90"])
    #expect(long.tried.allSatisfy { $0.width <= 65_500 })
  }

  @Test("The format that was asked for comes first; a quality, too")
  func preferred() {
    let jpeg = Self.attempts(Self.ladder(preferred: .jpeg, quality: 92)) {
      $0.quality == 85 ? 0.5 : 0.9
    }
    #expect(Self.names(jpeg.tried) == ["jpeg 92", "jpeg 90", "jpeg 85"])
    let webp = Self.attempts(
      Self.ladder(preferred: .webp, rendered: (.webp, 12_000_000))
    ) { _ in 0.5 }
    #expect(webp.tried.first?.format == .jpeg, "as a WebP it is there, and too large")
    let transparent = Self.attempts(
      Self.ladder(preferred: .jpeg, limit: 1_000_000, isOpaque: nil), transparent: true
    ) { _ in 0.5 }
    #expect(transparent.tried.allSatisfy { $0.format == .jpeg })
    #expect(transparent.fits)
  }

  @Test("There is always an end")
  func end() {
    for isOpaque in [true, false, nil] {
      for preferred in PictureFormat.allCases {
        let result = Self.attempts(
          Self.ladder(preferred: preferred, limit: 10, isOpaque: isOpaque), transparent: true
        ) { _ in 50 }
        #expect(!result.fits)
        #expect(result.tried.count < 20)
      }
    }
  }

  // MARK: Lines

  @Test("Lines are cut however they come; those that are too long are passed over")
  func lines() {
    let text = Array("one\n\ntwo\n\(String(repeating: "x", count: 50))\nthree\nrest".utf8)
    for size in 1...text.count {
      var splitter = LineSplitter(limit: 20)
      var lines: [String] = []
      for start in stride(from: 0, to: text.count, by: size) {
        let part = text[start..<min(text.count, start + size)]
        lines += part.withUnsafeBytes { splitter.add($0) }
          .map { String(decoding: $0, as: UTF8.self) }
      }
      #expect(lines == ["one", "", "two", "three"])
      #expect(String(decoding: splitter.rest, as: UTF8.self) == "rest")
    }
  }

  @Test("What is sent arrives as it was")
  func wire() throws {
    let task = WorkerTask(
      .upscale(model: "m", scale: 2.5), input: "/a\n\"b\"", output: "ü", byteLimit: .max)
    let commands: [WorkerCommand] = [
      .examine(id: 1, path: "\u{1F600}"), .task(id: 2, task), .cancel(id: 3), .quit,
      .probe(id: 4, WorkerProbe()),
    ]
    for command in commands {
      let line = WorkerWire.line(command)
      #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
      #expect(WorkerWire.read(WorkerCommand.self, line) == command)
    }
    let reasons: [WorkerRefusal.Reason] = [
      .notAPicture(.heic), .notAPicture(nil), .tooManyPixels(width: 1, height: 2, limit: 3), .fault,
    ]
    for reason in reasons {
      let report = WorkerReport.refused(id: 7, WorkerRefusal(reason: reason, message: "why"))
      #expect(WorkerWire.read(WorkerReport.self, WorkerWire.line(report)) == report)
    }
  }

  // MARK: Speeds

  @Test("Seconds count every application of the network")
  func passes() {
    let model = WorkerModel(name: "m", scale: 4, pace: 10)
    #expect(model.seconds(width: 1000, height: 1000) == 10)
    #expect(model.seconds(width: 1000, height: 500, scale: 2) == 5)
    #expect(model.seconds(width: 1000, height: 1000, scale: 4) == 10)
    #expect(model.seconds(width: 1000, height: 1000, scale: 8) == 170)
    #expect(WorkerModel(name: "m", scale: 4, pace: nil).seconds(width: 1, height: 1) == nil)
  }
}
