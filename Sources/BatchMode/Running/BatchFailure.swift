package import Upscale

/// Why a picture has no output, in the form that the journal and the report record.
package struct BatchFailure: Sendable, Equatable {
  /// The exit code that a command would have that did this picture alone.
  package let code: Int
  /// A whole sentence that names the input.
  package let reason: String

  package init(code: Int, reason: String) {
    self.code = code
    self.reason = reason
  }

  /// Translates an error of the library into what users see: exit codes and advice belong to the command.
  package typealias Wording = @Sendable (UpscaleError) -> BatchFailure
}
