/// An element of a list that may be of a shape unknown here; the list survives it.
struct Readable<Value: Decodable>: Decodable {
  let value: Value?

  init(from decoder: any Decoder) {
    value = try? Value(from: decoder)
  }
}

extension Readable: Sendable where Value: Sendable {}
