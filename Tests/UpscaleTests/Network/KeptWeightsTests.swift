import TestSupport
import Testing

@testable import Upscale

@Suite("Transformed weights that are kept change nothing but the time")
struct KeptWeightsTests {
  private func upscaler(_ precision: Precision, memory: Int? = nil) throws -> Upscaler {
    try Upscaler(
      model: Model.load(path: golden("tiny/rrdb-x4-nf32.safetensors")), precision: precision,
      threads: 2, memoryLimit: memory)
  }

  @Test(
    "They are kept from the second picture on, and give the same bytes",
    arguments: Precision.allCases)
  func sameBytes(precision: Precision) throws {
    let upscaler = try upscaler(precision)
    let picture = try decode(golden("inputs/chelsea-61x47.png"))
    let kept = upscaler.network.weightBytesToKeep
    #expect(kept > 0)
    let first = try upscaler.upscale(picture, depth: .sixteen)
    #expect(upscaler.network.weightBytesToKeep == kept, "a single picture has no use for them")
    let second = try upscaler.upscale(picture, depth: .sixteen)
    #expect(upscaler.network.weightBytesToKeep == 0)
    let third = try upscaler.upscale(picture, depth: .sixteen)
    #expect(first.bytes == second.bytes)
    #expect(first.bytes == third.bytes)
  }

  @Test(
    "Where they are planned for the plan counts them, and where they do not fit they are not kept")
  func memory() throws {
    let upscaler = try upscaler(.exact)
    func plan(_ memory: Int, side: Int = 60) throws -> WorkPlan {
      try upscaler.plan(width: side, height: side, layout: .rgb, memory: memory)
    }
    let bare = try plan(1 << 40)
    #expect(!bare.keepsWeights)
    _ = try upscaler.upscale(decode(golden("inputs/chelsea-24x24.png")))
    let keeping = try plan(1 << 40)
    #expect(keeping.keepsWeights)
    #expect(keeping.bytes == bare.bytes + upscaler.network.weightBytesToKeep)
    #expect(try !plan(keeping.bytes - 1).keepsWeights)
    #expect(try !plan(1 << 40, side: 600).keepsWeights, "a large tile is not worth it")
  }
}
