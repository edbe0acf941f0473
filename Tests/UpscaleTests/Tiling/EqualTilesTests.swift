import TestSupport
import Testing

@testable import Upscale

@Suite("Equal tiles are computed once, and change no byte")
struct EqualTilesTests {
  /// Counts the computed tiles.
  private final class CountingWorkspace: NetworkWorkspace {
    private let workspace: any NetworkWorkspace
    private(set) var runs = 0
    var input: FeatureMap { workspace.input }

    init(_ workspace: any NetworkWorkspace) { self.workspace = workspace }

    func prepare(width: Int, height: Int) { workspace.prepare(width: width, height: height) }

    func run(
      rows: Range<Int>, on engine: Engine, monitor: WorkMonitor,
      output: (Int, Range<Int>, UnsafePointer<Float>) -> Void
    ) throws(UpscaleError) {
      runs += 1
      try workspace.run(rows: rows, on: engine, monitor: monitor, output: output)
    }
  }

  /// A sheet of equal sprites on white, with one pixel that is another.
  private func sheet(width: Int, height: Int, alpha: (Int) -> Int) -> Picture {
    var samples: [Int] = []
    for y in 0..<height {
      for x in 0..<width {
        let isSprite = y < 160
        let other = x == 100 && y == 20
        samples += [
          other ? 3 : isSprite ? x % 16 * 13 : 255, isSprite ? y % 16 * 11 : 255,
          isSprite ? (x ^ y) % 16 * 7 : 255, alpha(y * width + x),
        ]
      }
    }
    return Picture(width: width, height: height, layout: .rgba, depth: .eight, samples: samples)
  }

  /// The enlarged bytes, and how many tiles were computed.
  private func enlarge(
    _ picture: Picture, with upscaler: Upscaler
  ) throws -> (picture: Picture, computed: Int, tiles: Int, progress: Double) {
    let plan = try upscaler.plan(
      width: picture.width, height: picture.height, layout: picture.layout, memory: 1 << 32)
    let pass = try #require(plan.passes.first)
    let size = pass.tiles.largest
    let workspace = CountingWorkspace(
      try upscaler.network.makeWorkspace(
        width: size.width, height: size.height, engine: upscaler.engine))
    var bytes: [UInt8] = []
    var progress = 0.0
    let stage = try NetworkStage(
      pass, network: upscaler.network, workspace: workspace, engine: upscaler.engine,
      monitor: WorkMonitor(
        total: plan.multiplyAdds, observer: WorkObserver { progress = $0 }),
      modelName: "test", next: { bytes.append(contentsOf: $0) })
    try picture.bytes.withUnsafeBytes { try stage.take($0) }
    return (
      Picture(
        width: plan.output.width, height: plan.output.height, layout: picture.layout, bytes: bytes),
      workspace.runs, pass.tiles.tiles.count, progress
    )
  }

  @Test("The compact network, against the untiled picture")
  func compact() throws {
    let model =
      Sanitizer.isOn
      ? try Model.load(path: golden("tiny/srvgg-x2.safetensors"))
      : try bundledModel("realesr-animevideov3")
    let (width, height) = Sanitizer.isOn ? (187, 210) : (331, 530)
    let picture = sheet(width: width, height: height) { $0 % 5 == 0 ? 9 : 255 }
    let whole = try enlarge(picture, with: Upscaler(model: model, threads: 2, tileSize: 4000))
    let flat = sheet(width: width, height: height) { _ in 255 }
    let cut = try enlarge(flat, with: Upscaler(model: model, threads: 2, tileSize: 16))
    #expect(whole.computed == 1)
    #expect(cut.computed < cut.tiles / 2, "\(cut.computed) of \(cut.tiles)")
    #expect(cut.progress == 1)
    #expect(Self.coloursAreEqual(cut.picture, whole.picture))
  }

  @Test(
    "Other networks, against the same colours under an alpha that makes every tile another",
    .disabled(if: Sanitizer.isOn, Sanitizer.costsTooMuch),
    arguments: ["rrdb-x2-unshuffle", "rrdb-x4-odd"])
  func others(name: String) throws {
    let model = try Model.load(path: golden("tiny/\(name).safetensors"))
    let upscaler = try Upscaler(model: model, threads: 2, tileSize: 32)
    // Sides that are no multiple of the unshuffle factor.
    let once = try enlarge(sheet(width: 451, height: 423) { _ in 255 }, with: upscaler)
    let all = try enlarge(
      sheet(width: 451, height: 423) { ($0 &* 2_654_435_761) >> 7 & 255 }, with: upscaler)
    #expect(all.computed == all.tiles)
    #expect(once.computed < once.tiles, "\(once.computed) of \(once.tiles)")
    #expect(Self.coloursAreEqual(once.picture, all.picture))
  }

  /// Whether two pictures of RGBA differ in nothing but alpha.
  private static func coloursAreEqual(_ one: Picture, _ other: Picture) -> Bool {
    let (first, second) = (one.bytes, other.bytes)
    return first.count == second.count
      && first.indices.allSatisfy { $0 % 4 == 3 || first[$0] == second[$0] }
  }
}
