import Upscale

extension Concession {
  /// How a result differs from what was wished for.
  static func list(_ result: WorkerResult, wish: Wish) -> [Concession] {
    guard let last = result.steps.last else { return [] }
    var list: [Concession] = []
    if result.file.format != wish.format || last.quality != nil {
      list.append(.format(result.file.format.name, quality: last.quality))
    }
    if result.scale < Double(wish.scale) * 0.995 { list.append(.scale(result.scale)) }
    return list
  }
}
