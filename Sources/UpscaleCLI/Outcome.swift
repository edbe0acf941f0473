/// How a command ended that was not refused: the exit codes beside those of refusals.
enum Outcome: Int32 {
  case done = 0
  /// A batch went on past pictures that failed.
  case someFailed = 1
  /// All is done, but a picture was not whole; standard error names it.
  case notWhole = 2
}
