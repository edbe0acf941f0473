/// Splits rows among threads by how fast each has been.
///
/// Threads are not equally fast where other processes take a part of a core, or where cores differ.
/// The speed of a band's thread in the last runs decides how many rows it gets in the next. Results do
/// not depend on the split.
struct BandBalance {
  /// Units a second of each band, over the average of all.
  private var speeds: [Double]

  /// Speeds that differ by less are taken for equal: a unit more or less would cost as much.
  private static let tolerance = 0.1

  init(bands: Int) { speeds = Array(repeating: 1, count: bands) }

  /// Splits units among the first `count` bands, at least one for each.
  func split(_ units: Range<Int>, among count: Int) -> [Range<Int>] {
    let shares = speeds[..<count]
    let isEven = shares.allSatisfy { abs($0 - 1) < Self.tolerance }
    let total = isEven ? Double(count) : shares.reduce(0, +)
    var (start, sum) = (units.lowerBound, 0.0)
    return shares.enumerated().map { band, share in
      sum += isEven ? 1 : share
      let left = count - 1 - band
      let wanted = units.lowerBound + Int(Double(units.count) * sum / total)
      let end = left == 0 ? units.upperBound : max(start + 1, min(wanted, units.upperBound - left))
      defer { start = end }
      return start..<end
    }
  }

  /// Takes note of how long bands took for their units, without waiting for one another.
  mutating func learn(_ bands: [Range<Int>], seconds: [Double]) {
    let rates = zip(bands, seconds).map { Double($0.count) / max($1, 1e-6) }
    let average = rates.reduce(0, +) / Double(rates.count)
    // The mean of the old and the new speed: one run is short, and other processes may have disturbed it.
    for (band, rate) in rates.enumerated() {
      speeds[band] = (speeds[band] + rate / average) / 2
    }
  }
}
