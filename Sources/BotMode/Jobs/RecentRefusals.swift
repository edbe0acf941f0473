/// How many refusals of a kind followed each other without a pause; in memory only, and of so many.
struct RecentRefusals: Sendable {
  private var series: [RefusalSeries: (count: Int, last: Double)] = [:]

  /// Seconds without one after which the next is told by itself.
  static let pause = 30.0
  /// Series that are remembered.
  static let most = 4096

  /// Notes one.
  ///
  /// - Parameters:
  ///   - kind: of which.
  ///   - now: seconds since 1970.
  /// - Returns: which of its series it is, from 1.
  mutating func note(_ kind: RefusalSeries, at now: Double) -> Int {
    if series.count >= Self.most {
      series = series.filter { abs(now - $0.value.last) < Self.pause }
      if series.count >= Self.most { series = [:] }
    }
    var entry = series[kind] ?? (0, now)
    // The clock may have been set.
    if abs(now - entry.last) >= Self.pause { entry.count = 0 }
    entry = (entry.count + 1, now)
    series[kind] = entry
    return entry.count
  }
}
