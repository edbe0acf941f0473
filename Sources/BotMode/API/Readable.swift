/// An element of a list; one of unknown form does not make the whole list unreadable.
struct Readable<Value: Decodable>: Decodable {
  let value: Value?

  init(from decoder: any Decoder) {
    value = try? Value(from: decoder)
  }
}

extension Readable: Sendable where Value: Sendable {}
