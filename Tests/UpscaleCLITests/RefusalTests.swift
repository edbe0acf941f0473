import Testing
import Upscale

@testable import UpscaleCLI

/// How the command reports errors of the library: the documented exit code, and the options that help.
@Suite struct RefusalTests {
  private static func refusal(_ cause: UpscaleError.Cause) -> Refusal {
    Refusal(UpscaleError(cause, "it failed"))
  }

  @Test(
    "Each cause has the exit code that --help names",
    arguments: [
      (UpscaleError.Cause.usage, 64), (.unusablePicture, 65), (.empty, 65),
      (.limit(.init(.side, allowed: 1, actual: 2)), 65), (.noInput, 66), (.network, 69),
      (.internalFault, 70), (.cannotCreate, 73), (.outputExists, 73), (.inputOutput, 74),
      (.diskFull, 74), (.quotaExceeded, 74), (.memory(), 75), (.noThread, 75),
      (.tooManyOpenFiles, 75), (.resultTooLarge, 75), (.changed, 75), (.occupied, 75),
      (.permission, 77), (.badModel, 78), (.configuration, 78), (.cancelled, 130),
    ])
  func codes(cause: UpscaleError.Cause, code: Int) {
    #expect(Self.refusal(cause).code == Int32(code))
  }

  @Test(
    "The sentence ends in the option that helps",
    arguments: [
      (
        UpscaleError.Cause.limit(.init(.pixels, allowed: 1, actual: 2)),
        "it failed (--max-pixels)"
      ),
      (.limit(.init(.side, allowed: 1, actual: 2)), "it failed (--max-side)"),
      (.limit(.init(.fileBytes, allowed: 1, actual: nil)), "it failed (--max-file-size)"),
      (.outputExists, "it failed, or leave out --no-clobber"),
      (.memory(.init(.input)), "it failed; raise --max-memory"),
      (.memory(.init(.weights)), "it failed; raise --max-memory or use a smaller model"),
      (.memory(.init(.workBuffers)), "it failed; use a smaller --max-memory"),
      (
        .memory(.init(.picture(isOutput: false))),
        "it failed; raise --max-memory, use a smaller scale"
      ),
      (
        .memory(.init(.picture(isOutput: true))),
        "it failed; raise --max-memory, use a smaller scale, or write a PNG"
      ),
      (
        .memory(.init(.tiles(ofChosenSize: true))),
        "it failed; leave out --tile, raise --max-memory, close other programs, or use a smaller model "
          + "or scale"
      ),
      (.memory(), "it failed"), (.diskFull, "it failed"), (.badModel, "it failed"),
    ])
  func advice(cause: UpscaleError.Cause, sentence: String) {
    #expect(Self.refusal(cause).sentence == sentence)
  }
}
