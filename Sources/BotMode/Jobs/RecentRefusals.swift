/// Counts the consecutive refusals of each series; in memory only, for a limited number of series.
struct RecentRefusals: Sendable {
  private var series: [RefusalSeries: (count: Int, last: Double)] = [:]

  /// Seconds without a refusal after which the next one starts a new series.
  static let pause = 30.0
  /// The most series that are remembered.
  static let most = 4096

  /// Notes a refusal.
  ///
  /// - Parameters:
  ///   - kind: its series.
  ///   - now: seconds since 1970.
  /// - Returns: its number in the series, from 1.
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
