package import Upscale

/// Why a picture has no output, as the journal, the report and other runs have it.
package struct BatchFailure: Sendable, Equatable {
  /// The exit code that a command would have that did this picture alone.
  package let code: Int
  /// A whole sentence that names the input.
  package let reason: String

  package init(code: Int, reason: String) {
    self.code = code
    self.reason = reason
  }

  /// What a refusal of the library is to users: codes and advice are the command's.
  package typealias Wording = @Sendable (UpscaleError) -> BatchFailure
}
