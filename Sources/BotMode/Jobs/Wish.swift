/// What a user wants to be made of a picture.
struct Wish: Codable, Equatable, Hashable, Sendable {
  var look = Look.photo
  var scale = 4
  var format = ResultFormat.png
}
