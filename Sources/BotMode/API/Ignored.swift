/// A result that nobody needs.
struct Ignored: Decodable {
  init(from decoder: any Decoder) {}
}
