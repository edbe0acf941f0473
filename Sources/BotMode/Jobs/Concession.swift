/// What a result is not, because it would have been too large to send.
enum Concession: Codable, Equatable, Sendable {
  /// Another format than the one wished for; with a quality unless nothing is lost.
  case format(String, quality: Int?)
  /// Made smaller after it was computed: its factor now.
  case scale(Double)
}
