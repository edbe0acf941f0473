/// What a poll brought.
enum PollAnswer: Sendable {
  /// Updates in order, perhaps none, and how many more there were that have no number.
  case updates([Update], leftOut: Int)
  /// An answer of the Bot API that cannot be read: too deep, too large, cut off; with the number of
  /// its first update where that can be found.
  case unreadable(first: Int64?)
}
