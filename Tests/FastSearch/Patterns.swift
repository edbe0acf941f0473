import Foundation
import TestSupport
import Upscale

/// Pictures that are hard for integers with scales: few values, far apart, with much of the highest
/// frequencies. A kind has parameters; a seed chooses them.
enum Patterns {
  /// Makes a picture of a kind; the text names its parameters.
  typealias Kind = @Sendable (Int, inout SeededRandom) -> (text: String, picture: Picture)

  static let kinds: [(name: String, make: Kind)] = [
    ("one colour", oneColour), ("modular dither", modularDither), ("stripes", stripes),
    ("checkers", checkers),
    ("ordered halftone", orderedHalftone), ("diffused halftone", diffusedHalftone),
    ("clustered dots", clusteredDots), ("strokes of one pixel", strokes),
    ("saturated noise", saturatedNoise), ("zone plate of two values", zonePlate),
    ("blocks of stripes", blocksOfStripes),
  ]

  /// From a place to the number of a colour.
  private static func picture(
    _ side: Int, _ palette: [[Int]], _ index: (Int, Int) -> Int
  ) -> Picture {
    var samples: [Int] = []
    samples.reserveCapacity(side * side * 3)
    for y in 0..<side { for x in 0..<side { samples += palette[index(x, y) % palette.count] } }
    return Picture(width: side, height: side, layout: .rgb, depth: .eight, samples: samples)
  }

  /// Two colours: black and white half of the time, else corners of the colour cube or any.
  private static func pair(_ random: inout SeededRandom) -> [[Int]] {
    switch Int.random(in: 0..<4, using: &random) {
    case 0, 1: [[0, 0, 0], [255, 255, 255]]
    case 2: (0..<2).map { _ in (0..<3).map { _ in Bool.random(using: &random) ? 255 : 0 } }
    default: (0..<2).map { _ in (0..<3).map { _ in Int.random(in: 0...255, using: &random) } }
    }
  }

  private static func oneColour(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let colour = (0..<3).map { _ in Int.random(in: 0...255, using: &random) }
    return ("\(colour)", picture(side, [colour]) { _, _ in 0 })
  }

  private static func modularDither(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let modulus = Int.random(in: 2...29, using: &random)
    let factors = (0..<5).map { _ in Int.random(in: 0..<modulus, using: &random) }
    let threshold = Int.random(in: 0..<modulus - 1, using: &random)
    let colours = pair(&random)
    return (
      "(\(factors[0])y + \(factors[1])y² + \(factors[2])x + \(factors[3])x² + \(factors[4])xy) mod "
        + "\(modulus) > \(threshold), \(colours)",
      picture(side, colours) { x, y in
        let value =
          factors[0] * y + factors[1] * y * y + factors[2] * x + factors[3] * x * x
          + factors[4] * x * y
        return value % modulus > threshold ? 1 : 0
      }
    )
  }

  private static func stripes(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let period = Int.random(in: 2...6, using: &random)
    let filled = Int.random(in: 1..<period, using: &random)
    let slope = (Int.random(in: -3...3, using: &random), Int.random(in: -3...3, using: &random))
    let colours = pair(&random)
    return (
      "stripes \(filled) of \(period), direction \(slope), \(colours)",
      picture(side, colours) { x, y in
        let place = (x * slope.0 + y * slope.1) % period
        return (place + period) % period < filled ? 1 : 0
      }
    )
  }

  private static func checkers(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let (width, height) = (
      Int.random(in: 1...5, using: &random), Int.random(in: 1...5, using: &random)
    )
    let colours = pair(&random)
    return (
      "checkers \(width)x\(height), \(colours)",
      picture(side, colours) { x, y in (x / width + y / height) % 2 }
    )
  }

  private static let bayer: [Int] = [
    0, 32, 8, 40, 2, 34, 10, 42, 48, 16, 56, 24, 50, 18, 58, 26, 12, 44, 4, 36, 14, 46, 6, 38, 60,
    28,
    52, 20, 62, 30, 54, 22, 3, 35, 11, 43, 1, 33, 9, 41, 51, 19, 59, 27, 49, 17, 57, 25, 15, 47, 7,
    39,
    13, 45, 5, 37, 63, 31, 55, 23, 61, 29, 53, 21,
  ]

  private static func tone(_ x: Int, _ y: Int, _ side: Int, _ kind: Int) -> Double {
    let (u, v) = (Double(x) / Double(side), Double(y) / Double(side))
    return switch kind {
    case 0: u
    case 1: (u + v) / 2
    case 2: 0.5 + 0.5 * sin(12 * u) * cos(9 * v)
    default: 0.5
    }
  }

  private static func orderedHalftone(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let kind = Int.random(in: 0..<4, using: &random)
    let shift = Double.random(in: -0.4...0.4, using: &random)
    let colours = pair(&random)
    return (
      "Bayer halftone of tone \(kind), shifted \(shift), \(colours)",
      picture(side, colours) { x, y in
        tone(x, y, side, kind) + shift > (Double(bayer[y % 8 * 8 + x % 8]) + 0.5) / 64 ? 1 : 0
      }
    )
  }

  private static func diffusedHalftone(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let kind = Int.random(in: 0..<4, using: &random)
    let shift = Double.random(in: -0.4...0.4, using: &random)
    let colours = pair(&random)
    var errors = Array(repeating: 0.0, count: (side + 1) * (side + 2))
    return (
      "Floyd and Steinberg's halftone of tone \(kind), shifted \(shift), \(colours)",
      picture(side, colours) { x, y in
        let place = y * (side + 2) + x + 1
        let wanted = tone(x, y, side, kind) + shift + errors[place]
        let chosen = wanted > 0.5 ? 1 : 0
        let rest = wanted - Double(chosen)
        errors[place + 1] += rest * 7 / 16
        errors[place + side + 1] += rest * 3 / 16
        errors[place + side + 2] += rest * 5 / 16
        if place + side + 3 < errors.count { errors[place + side + 3] += rest / 16 }
        return chosen
      }
    )
  }

  private static func clusteredDots(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let period = Double.random(in: 2.5...7, using: &random)
    let angle = Double.random(in: 0..<1.6, using: &random)
    let threshold = Double.random(in: -1...1, using: &random)
    let colours = pair(&random)
    return (
      "dots of period \(period) at angle \(angle), threshold \(threshold), \(colours)",
      picture(side, colours) { x, y in
        let (c, s) = (cos(angle) * 2 * .pi / period, sin(angle) * 2 * .pi / period)
        let (u, v) = (Double(x) * c - Double(y) * s, Double(x) * s + Double(y) * c)
        return cos(u) + cos(v) > threshold ? 1 : 0
      }
    )
  }

  private static func strokes(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let (width, height) = (
      Int.random(in: 3...7, using: &random), Int.random(in: 4...9, using: &random)
    )
    let glyphs = (0..<64).map { _ in random.next() }
    let colours = pair(&random)
    return (
      "letters of \(width)x\(height), \(colours)",
      picture(side, colours) { x, y in
        let (column, row) = (x % (width + 1), y % (height + 1))
        guard column < width, row < height else { return 0 }
        let glyph = glyphs[(x / (width + 1) * 7 + y / (height + 1) * 13) % 64]
        return Int(glyph >> UInt64(row * width + column) & 1)
      }
    )
  }

  private static func saturatedNoise(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let density = Double.random(in: 0.02...0.98, using: &random)
    let block = Int.random(in: 1...3, using: &random)
    let isColoured = Bool.random(using: &random)
    let cells = (0..<side * side).map { _ -> Int in
      if !isColoured { return Double.random(in: 0..<1, using: &random) < density ? 7 : 0 }
      return (0..<3).reduce(0) {
        $0 | (Double.random(in: 0..<1, using: &random) < density ? 1 << $1 : 0)
      }
    }
    let corners = (0..<8).map { corner in (0..<3).map { (corner >> $0 & 1) * 255 } }
    return (
      "noise of density \(density), blocks of \(block), \(isColoured ? "coloured" : "gray")",
      picture(side, corners) { x, y in cells[y / block * side + x / block] }
    )
  }

  private static func zonePlate(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let factor = Double.random(in: 0.01...1.6, using: &random)
    let centre = (
      Double.random(in: 0..<Double(side), using: &random),
      Double.random(in: 0..<Double(side), using: &random)
    )
    let colours = pair(&random)
    return (
      "zone plate \(factor) at \(centre), \(colours)",
      picture(side, colours) { x, y in
        let (u, v) = (Double(x) - centre.0, Double(y) - centre.1)
        return sin((u * u + v * v) * factor) > 0 ? 1 : 0
      }
    )
  }

  private static func blocksOfStripes(
    _ side: Int, _ random: inout SeededRandom
  ) -> (text: String, picture: Picture) {
    let block = Int.random(in: 4...16, using: &random)
    let seeds = (0..<64).map { _ in Int.random(in: 0..<1000, using: &random) }
    let colours = pair(&random) + pair(&random)
    return (
      "blocks of \(block) with stripes of their own, \(colours)",
      picture(side, colours) { x, y in
        let seed = seeds[(x / block + 8 * (y / block)) % 64]
        let period = 2 + seed % 4
        let place = (x * (seed / 4 % 4) + y * (seed / 16 % 4)) % period
        return (place < 1 + seed / 64 % (period - 1) ? 1 : 0) + seed / 7 % 2 * 2
      }
    )
  }
}
