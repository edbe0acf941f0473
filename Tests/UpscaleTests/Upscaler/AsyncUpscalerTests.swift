import TestSupport
import Testing
import Upscale

/// `upscaled`, for callers with tasks.
@Suite struct AsyncUpscalerTests {
  private static func upscaler() throws -> Upscaler {
    try Upscaler(
      model: Model.load(path: Checkout.path("weights/realesr-animevideov3.safetensors")),
      threads: 2)
  }

  @Test("A task gets the picture that a thread gets")
  func same() async throws {
    let upscaler = try Self.upscaler()
    let picture = Picture.waves(width: 24, height: 16)
    let shares = Shared<[Double]>([])
    let large = try await upscaler.upscaled(picture, scale: 2.5) { share in
      shares.note { $0.append(share) }
    }
    #expect(try large == upscaler.upscale(picture, scale: 2.5))
    #expect(shares.read { $0.last } == 1)
  }

  @Test("A task that is cancelled ends in that, before its work or within it")
  func cancelled() async throws {
    let upscaler = try Self.upscaler()
    for waitsForWork in [false, true] {
      let hasBegun = Shared(false)
      let task = Task {
        // Many seconds, if nothing stopped it.
        try await upscaler.upscaled(.waves(width: 400, height: 300), scale: 16) { _ in
          hasBegun.update { $0 = true }
        }
      }
      while waitsForWork, !hasBegun.read({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
      task.cancel()
      let refusal = await #expect(throws: UpscaleError.self) { try await task.value }
      #expect(refusal?.cause == .cancelled)
    }
  }
}
