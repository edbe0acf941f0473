import TestSupport
import Upscale

/// Small changes of a picture, for a search that goes on from the worst.
enum Mutation {
  static func mutate(_ picture: Picture, other: Picture, _ random: inout SeededRandom) -> Picture {
    var bytes = picture.bytes
    let side = picture.width
    func pixel(_ x: Int, _ y: Int) -> Int { (y * side + x) * 3 }
    switch Int.random(in: 0..<5, using: &random) {
    case 0:  // Some pixels take the colour of another place.
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        let from = 3 * Int.random(in: 0..<side * side, using: &random)
        let to = 3 * Int.random(in: 0..<side * side, using: &random)
        for channel in 0..<3 { bytes[to + channel] = bytes[from + channel] }
      }
    case 1:  // Some samples are inverted.
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 255
      }
    case 2:  // A rectangle of the other picture.
      let (w, h) = (
        Int.random(in: 4...side / 2, using: &random), Int.random(in: 4...side / 2, using: &random)
      )
      let (x0, y0) = (
        Int.random(in: 0...side - w, using: &random), Int.random(in: 0...side - h, using: &random)
      )
      for y in y0..<y0 + h {
        for index in pixel(x0, y)..<pixel(x0 + w, y) { bytes[index] = other.bytes[index] }
      }
    case 3:  // Moved within itself.
      let (dx, dy) = (
        Int.random(in: 0..<side, using: &random), Int.random(in: 0..<side, using: &random)
      )
      for y in 0..<side {
        for x in 0..<side {
          let from = pixel((x + dx) % side, (y + dy) % side)
          for channel in 0..<3 { bytes[pixel(x, y) + channel] = picture.bytes[from + channel] }
        }
      }
    default:  // One channel inverted, or two exchanged.
      let (a, b) = (Int.random(in: 0..<3, using: &random), Int.random(in: 0..<3, using: &random))
      for index in stride(from: 0, to: bytes.count, by: 3) {
        if a == b { bytes[index + a] ^= 255 } else { bytes.swapAt(index + a, index + b) }
      }
    }
    return Picture(width: side, height: side, layout: .rgb, bytes: bytes)
  }
}
