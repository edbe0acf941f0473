import Foundation
import TestSupport
import Upscale

/// A search for the pictures on which fast is worst: random ones of each kind, then changes of the worst.
struct Search {
  let exact: Upscaler
  let fast: Upscaler
  let side: Int
  var random: SeededRandom
  private(set) var tried = 0
  private(set) var worstByPSNR: Measurement?
  private(set) var worstByError: Measurement?
  private(set) var worstOfKinds: [String: Measurement] = [:]

  init(model: Model, side: Int, seed: UInt64) throws {
    exact = try Upscaler(model: model, precision: .exact, threads: 1)
    fast = try Upscaler(model: model, precision: .fast, threads: 1)
    self.side = side
    random = SeededRandom(seed: seed)
  }

  /// One picture of each kind, or of one.
  mutating func tryKinds(only kind: String? = nil) throws {
    for (name, make) in Patterns.kinds where kind == nil || kind == name {
      let (text, picture) = make(side, &random)
      let measured = try measure("\(name): \(text)", picture)
      if measured.psnr < worstOfKinds[name]?.psnr ?? .infinity { worstOfKinds[name] = measured }
    }
  }

  /// One change of one of the worst.
  mutating func tryMutation() throws {
    guard let parent = Bool.random(using: &random) ? worstByPSNR : worstByError else { return }
    let kind = Patterns.kinds[Int.random(in: 0..<Patterns.kinds.count, using: &random)]
    let picture = Mutation.mutate(
      parent.picture, other: kind.make(side, &random).picture, &random)
    let mark = ", changed"
    _ = try measure(parent.text.hasSuffix(mark) ? parent.text : parent.text + mark, picture)
  }

  private mutating func measure(_ text: String, _ picture: Picture) throws -> Measurement {
    let measured = try Measurement(text, picture, exact: exact, fast: fast)
    tried += 1
    if measured.psnr < worstByPSNR?.psnr ?? .infinity {
      worstByPSNR = measured
      print("\(tried): PSNR  \(measured.line)")
    }
    if measured.error > worstByError?.error ?? 0 {
      worstByError = measured
      print("\(tried): error \(measured.line)")
    }
    fflush(nil)
    return measured
  }
}
