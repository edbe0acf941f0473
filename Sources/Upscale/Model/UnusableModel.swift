public import SystemSupport

/// A file that is no model, or cannot be asked for.
public struct UnusableModel: Sendable {
  /// The file, or the folder, as `BytePath.encoded` has it.
  public let path: String
  /// Why; without the path.
  public let reason: UpscaleError
}
