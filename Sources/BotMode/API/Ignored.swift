/// A result that is not used.
struct Ignored: Decodable {
  init(from decoder: any Decoder) {}
}
