/// Every refusal of the library: one clear sentence and the kind that decides the exit code.
///
/// The message says what failed, on which input, and what the user can do. It is complete as it
/// stands (no prefix needed) and ends without a full stop, so that callers may put a file name
/// before it.
public struct UpscaleError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, as far as a script has to know (`sysexits.h` where it has a word for it).
  public enum Kind: Int32, Sendable, CaseIterable {
    case usage = 64
    case unusablePicture = 65
    case noInput = 66
    case network = 69
    case internalFault = 70
    case cannotCreate = 73
    case inputOutput = 74
    case tryLater = 75
    case permission = 77
    case badModel = 78
    case cancelled = 130
  }

  public let kind: Kind
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The process exit code documented for this kind.
  public var exitCode: Int32 { kind.rawValue }

  public var description: String { message }

  /// The same refusal, with `context` (a file name, most often) said before it.
  public func prefixed(_ context: String) -> UpscaleError {
    UpscaleError(kind, "\(context): \(message)")
  }
}
