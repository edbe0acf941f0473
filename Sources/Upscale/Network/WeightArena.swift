import SystemSupport

/// Memory for the weights of a network's convolutions, which all live as long as the network.
///
/// It is taken in pieces large enough for huge pages: the weights of a large network are read from one
/// end to the other again and again, and would lie on 17,000 small ones.
final class WeightArena {
  /// A part of the arena, zeroed.
  struct Part: Sendable {
    /// What it lies in.
    private let owner: AlignedBuffer
    private let offset: Int

    /// Outside of any arena.
    init(count: Int) throws(UpscaleError) {
      self.init(try AlignedBuffer(count: count), offset: 0)
    }

    fileprivate init(_ owner: AlignedBuffer, offset: Int) {
      self.owner = owner
      self.offset = offset
    }

    var pointer: UnsafeMutablePointer<Float> { owner.pointer + offset }
  }

  /// Floats of a piece.
  private static let pieceCount = 1 << 20

  /// What a part of so many floats takes: parts begin with a line of the cache.
  private static func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// Bytes of an arena from which parts of these sizes are taken, in this order.
  static func byteCount(for counts: [Int]) -> Int {
    var (bytes, left) = (0, 0)
    for whole in counts.map(rounded) {
      if whole > pieceCount / 2 {
        bytes += AlignedBuffer.byteCount(whole)
        continue
      }
      if whole > left {
        bytes += AlignedBuffer.byteCount(pieceCount)
        left = pieceCount
      }
      left -= whole
    }
    return bytes
  }

  private var piece: AlignedBuffer?
  private var used = 0

  /// - Throws: `.memory` without memory.
  func take(_ count: Int) throws(UpscaleError) -> Part {
    let whole = Self.rounded(count)
    if whole > Self.pieceCount / 2 {
      return try Part(count: whole)
    }
    if let piece, used + whole <= piece.count {
      defer { used += whole }
      return Part(piece, offset: used)
    }
    let piece = try AlignedBuffer(count: Self.pieceCount)
    self.piece = piece
    used = whole
    return Part(piece, offset: 0)
  }
}
