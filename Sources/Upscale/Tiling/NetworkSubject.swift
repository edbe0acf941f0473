/// What a network is applied to at once.
enum NetworkSubject: Hashable {
  /// Red, green and blue, with alpha where the network takes it.
  case colors
  /// One colour, by a network of one channel.
  case color(Int)
  /// The luma, by a network that makes three channels of one.
  case luma
  /// Alpha, as if it were a gray picture.
  case alpha
}
