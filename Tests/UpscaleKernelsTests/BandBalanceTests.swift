import Testing

@testable import Upscale

@Suite("Rows are split among threads by their speed")
struct BandBalanceTests {
  @Test("Every unit goes to one band, and every band gets one", arguments: 1...9)
  func complete(count: Int) {
    var balance = BandBalance(bands: 9)
    for round in 0..<20 {
      for units in [3..<3 + count, 0..<32, 7..<1007] where units.count >= count {
        let bands = balance.split(units, among: count)
        #expect(bands.count == count)
        #expect(bands.allSatisfy { !$0.isEmpty })
        #expect(bands.first?.lowerBound == units.lowerBound)
        #expect(bands.last?.upperBound == units.upperBound)
        #expect(zip(bands, bands.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        // Speeds from a thousandth to a thousand times as large, and no time at all.
        balance.learn(bands, seconds: bands.indices.map { Double(($0 * 7 + round) % 11) * 0.1 })
      }
    }
  }

  @Test("Equal threads get equal shares, whatever the noise")
  func even() {
    var balance = BandBalance(bands: 4)
    for round in 0..<10 {
      let bands = balance.split(0..<32, among: 4)
      #expect(bands.allSatisfy { $0.count == 8 })
      balance.learn(
        bands, seconds: bands.indices.map { 1 + 0.05 * Double(($0 + round) % 2) })
    }
  }

  @Test(
    "A thread of half the speed gets half of what the other gets, and more when it is free again")
  func uneven() {
    var balance = BandBalance(bands: 2)
    func run(_ speeds: [Double]) -> [Int] {
      let bands = balance.split(0..<300, among: 2)
      balance.learn(bands, seconds: zip(bands, speeds).map { Double($0.count) / $1 })
      return bands.map(\.count)
    }
    for _ in 0..<12 { _ = run([1, 2]) }
    let slow = run([1, 2])
    #expect(abs(slow[0] - 100) <= 1)
    for _ in 0..<12 { _ = run([1, 1]) }
    #expect(run([1, 1]) == [150, 150])
  }
}
