/// The answer to a poll.
enum PollAnswer: Sendable {
  /// Updates in order, perhaps none, and how many more there were that have no number.
  case updates([Update], leftOut: Int)
  /// An answer of the Bot API that cannot be read (nested too deeply, too large, incomplete), with the
  /// number of its first update where that can be found.
  case unreadable(first: Int64?)
}
