package import Upscale

/// What the journal says of an output that was written.
package struct JournalOutput: Sendable, Equatable {
  /// Columns and rows; 0 where a line does not tell.
  package var width = 0
  package var height = 0
  /// Bytes of the file, and its modification time (nanoseconds since 1970).
  package var bytes = 0
  package var modified = 0
  /// Whether it is a copy of the output that a picture of the same bytes had.
  package var isCopy = false
  /// What is wrong with the input's pixels, a sentence; nil where it was whole.
  package var damage: String?

  package init() {}

  /// Whether a file can be this output: a regular one of its size.
  func isSize(of status: FileStatus) -> Bool { status.isRegular && status.size == bytes }
}
