import Foundation
import TestSupport
import Testing

/// The built executable, as a user would run it.
enum Command {
  /// A small network: the tests are about the command, not about the pictures.
  static let quickModel = "realesr-animevideov3"
  /// A large network, for work that takes long enough to be interrupted.
  static let slowModel = "realesrgan-x4plus"

  static let photo = Checkout.path("Tests/Fixtures/cat.jpg")

  static let path = BuiltProgram.upscale

  /// Uses weights at a separate path, so that another user can read them where the checkout is not readable.
  static func run(
    _ arguments: String..., input: [UInt8] = [], in folder: TemporaryFolder? = nil
  ) throws -> ProcessRunner.Result {
    try ProcessRunner.run(
      path, arguments, input: input, environment: ["COLUMNS": "80"], in: folder?.url)
  }
}

/// Asserts a refusal as users and scripts should see it: the code, one sentence, no data.
func expectRefusal(
  _ result: ProcessRunner.Result, _ code: Int32, saying part: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.exitCode == code, "\(result.standardError)", sourceLocation: sourceLocation)
  #expect(result.signal == nil, sourceLocation: sourceLocation)
  #expect(result.standardOutput.isEmpty, sourceLocation: sourceLocation)
  #expect(
    result.standardError.contains(part), "\(result.standardError)", sourceLocation: sourceLocation)
  #expect(
    result.standardError.hasPrefix("upscale: ")
      && result.standardError.filter { $0 == "\n" }.count == 1,
    "one line: \(result.standardError)", sourceLocation: sourceLocation)
}
