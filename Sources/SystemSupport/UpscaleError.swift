/// Why something was refused or failed: a cause that programs decide by, and a sentence for people.
///
/// One type for all layers, so that a refusal crosses them unchanged. What a user of the command can do
/// about it (options, exit codes) is said by the command alone, which knows them.
public struct UpscaleError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, for programs to decide by.
  public let cause: Cause
  /// What failed and on which input: a whole sentence without a full stop, and without a prefix, so that
  /// callers may put a file's name before it.
  public let message: String

  /// A refusal or failure.
  ///
  /// - Parameters:
  ///   - cause: what went wrong.
  ///   - message: one sentence for people, without a full stop.
  public init(_ cause: Cause, _ message: String) {
    self.cause = cause
    self.message = message
  }

  /// The message.
  public var description: String { message }

  /// The same refusal, with `context` (a file's name, most often) said before it.
  public func prefixed(_ context: String) -> UpscaleError {
    UpscaleError(cause, "\(context): \(message)")
  }
}
