/// A difference between a result and the wish, since a result of the wished form would have been too large
/// to send.
enum Concession: Codable, Equatable, Sendable {
  /// Another format than the one wished for; with a quality where it is lossy.
  case format(String, quality: Int?)
  /// Made smaller after it was computed: its factor now.
  case scale(Double)
}
