import TestSupport
import Testing

@testable import Upscale

/// A network and how it is computed, for tests of several callers.
struct SharedNetwork: CustomTestStringConvertible, Sendable {
  let model: String
  let precision: Precision
  /// Sides of the pictures, and of tiles (nil for none).
  let side: Int
  var tile: Int?

  var testDescription: String { "\(model), \(precision)" }

  func upscaler(threads: Int = 2) throws -> Upscaler {
    let loaded =
      bundledModels.contains(model)
      ? try bundledModel(model) : try Model.load(path: golden("tiny/\(model).safetensors"))
    // The tiles must not depend on what else the machine does.
    return try Upscaler(
      model: loaded, precision: precision, threads: threads, memoryLimit: 1 << 30, tileSize: tile)
  }

  /// Pictures of different sizes and contents.
  var pictures: [Picture] {
    (0..<4).map {
      Picture.waves(width: side + 7 * $0, height: side + 9 - 5 * $0, noise: 0.1 * Double($0))
    }
  }

  /// The small ones of each kind are enough for a sanitizer, which takes fifty times as long.
  static let all = Sanitizer.isOn ? small : small + large

  private static let small: [SharedNetwork] = Precision.allCases.flatMap { precision in
    [
      SharedNetwork(model: "rrdb-x4-nf32", precision: precision, side: 40, tile: 20),
      SharedNetwork(model: "rrdb-x2-unshuffle", precision: precision, side: 37),
      SharedNetwork(model: "srvgg-x3-odd", precision: precision, side: 40),
    ]
  }

  private static let large: [SharedNetwork] =
    Precision.allCases.flatMap { precision in
      [
        SharedNetwork(model: "realesr-animevideov3", precision: precision, side: 60),
        SharedNetwork(model: "realesr-animevideov3", precision: precision, side: 50, tile: 24),
        SharedNetwork(model: "realesrgan-x4plus-anime", precision: precision, side: 20),
      ]
    } + [SharedNetwork(model: "realesrgan-x4plus", precision: .exact, side: 12)]
}

@Suite("An upscaler that several threads share", .timeLimit(.minutes(20)))
struct SharedUpscalerTests {
  /// Runs `body` on so many threads, and hands on the first error.
  private static func concurrently(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Void
  ) throws {
    let errors = Shared<[String]>([])
    try Workers(count: count) { index in
      do { try body(index) } catch { errors.update { $0.append("\(error)") } }
    }.join()
    #expect(errors.read { $0 } == [])
  }

  @Test("Four pictures at a time have the bytes that they have alone", arguments: SharedNetwork.all)
  func fourPictures(network: SharedNetwork) throws {
    let pictures = network.pictures
    let alone = try network.upscaler()
    let expected = try pictures.map { try alone.upscale($0).bytes }
    let shared = try network.upscaler()
    let wrong = Shared(0)
    try Self.concurrently(4) { caller in
      for round in 0..<3 {
        let index = (caller + round) % pictures.count
        let bytes = try shared.upscale(pictures[index]).bytes
        if bytes != expected[index] { wrong.update { $0 += 1 } }
      }
    }
    #expect(wrong.read { $0 } == 0)
  }

  @Test("One thread, and more threads than cores", arguments: [1, 5])
  func threads(count: Int) throws {
    let network = SharedNetwork(model: "realesr-animevideov3", precision: .exact, side: 60)
    let pictures = network.pictures
    let expected = try pictures.map { try network.upscaler().upscale($0).bytes }
    let shared = try network.upscaler(threads: count)
    let wrong = Shared(0)
    try Self.concurrently(4) { caller in
      for _ in 0..<3 where try shared.upscale(pictures[caller]).bytes != expected[caller] {
        wrong.update { $0 += 1 }
      }
    }
    #expect(wrong.read { $0 } == 0)
  }

  @Test("Who is stopped, or fails, does not disturb the others", arguments: SharedNetwork.all)
  func stopped(network: SharedNetwork) throws {
    let pictures = network.pictures
    let expected = try network.upscaler().upscale(pictures[0]).bytes
    let shared = try network.upscaler()
    let wrong = Shared(0)
    let causes = Shared<[UpscaleError.Cause]>([])
    try Self.concurrently(4) { caller in
      for round in 1...3 {
        switch caller {
        case 0, 1:
          let bytes = try shared.upscale(pictures[0]).bytes
          if bytes != expected { wrong.update { $0 += 1 } }
        case 2:
          // Stopped at one layer or another; the smallest networks have two.
          var asked = 0
          do throws(UpscaleError) {
            _ = try shared.upscale(
              pictures[2],
              observer: WorkObserver(isCancelled: {
                asked += 1
                return asked == min(round, 2)
              }))
          } catch {
            causes.update { $0.append(error.cause) }
          }
        default:
          let picture = pictures[3]
          let plan = try shared.plan(
            width: picture.width, height: picture.height, layout: picture.layout,
            memory: 1 << 30)
          do throws(UpscaleError) {
            try shared.run(plan) { rows throws(UpscaleError) in
              rows.initializeMemory(as: UInt8.self, repeating: 9)
            } into: { _ throws(UpscaleError) in
              throw UpscaleError(.inputOutput, "nobody wants it")
            }
          } catch {
            causes.update { $0.append(error.cause) }
          }
        }
      }
    }
    #expect(wrong.read { $0 } == 0)
    #expect(causes.read { $0.count { $0 == .cancelled } } == 3)
    #expect(causes.read { $0.count { $0 == .inputOutput } } == 3)
  }

  @Test(
    "A picture may be enlarged while another tells of its progress", arguments: Precision.allCases)
  func withinProgress(precision: Precision) throws {
    let network = SharedNetwork(model: "rrdb-x4-nf32", precision: precision, side: 40)
    let pictures = network.pictures
    let expected = try pictures.map { try network.upscaler().upscale($0).bytes }
    let shared = try network.upscaler()
    var inner: [UInt8] = []
    let outer = try shared.upscale(
      pictures[0],
      observer: WorkObserver { _ in
        guard inner.isEmpty else { return }
        inner = (try? shared.upscale(pictures[1]).bytes) ?? []
      })
    #expect(outer.bytes == expected[0])
    #expect(inner == expected[1])
  }

  @Test(
    "A picture may be enlarged by an item of the upscaler's own threads",
    arguments: SharedNetwork.all)
  func withinItem(network: SharedNetwork) throws {
    let pictures = network.pictures
    let expected = try pictures.map { try network.upscaler().upscale($0).bytes }
    let shared = try network.upscaler()
    let results = Shared<[Int: [UInt8]]>([:])
    try Self.concurrently(2) { caller in
      if caller == 0 {
        shared.engine.pool.parallelFor(pictures.count) { index in
          let bytes = try? shared.upscale(pictures[index]).bytes
          results.update { $0[index] = bytes }
        }
      } else {
        for _ in 0..<2 { _ = try shared.upscale(pictures[0]) }
      }
    }
    for index in pictures.indices { #expect(results.read { $0[index] } == expected[index]) }
  }
}
