/// The exit codes of commands that were not refused.
enum Outcome: Int32 {
  case done = 0
  /// A batch went on past pictures that failed.
  case someFailed = 1
  /// All is done, but a picture was not whole; standard error names it.
  case notWhole = 2
}
