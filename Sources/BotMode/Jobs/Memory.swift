/// Values that the service keeps in addition to its tables.
struct Memory: Codable, Equatable, Sendable {
  var tally = Tally()
  /// Seconds that one application of a look's network takes, for a megapixel of its input.
  var paces: [String: Double] = [:]
  /// Factors of the looks' networks.
  var factors: [String: Int]?
  /// Seconds a megabyte takes to be sent.
  var sendingPace: Double?
  /// The networks and the way of computing that `paces` are of.
  var pacesAreOf: String?
  /// Updates that are being handled, and how often that was begun. If there are some at the start, the
  /// last run crashed while handling them.
  var inHand: [Int64: Int] = [:]
  /// Where the next handled update's number goes.
  var handledCount: Int64 = 0
  /// Numbers of rows, never given twice.
  var lastID: Int64 = 0
}
