public import SystemSupport

extension MemoryBudget {
  /// Refuses a model whose weights would go beyond the budget, before they are taken into memory.
  ///
  /// - Throws: `.memory`.
  public func check(_ model: Model) throws(UpscaleError) {
    let needed = model.packedByteCount
    guard needed > free else { return }
    let (needs, may) = byteCountTexts(needed, of: max(0, free))
    throw UpscaleError(
      .memory(.init(.weights, needed: needed, available: free)),
      "not enough memory: the weights of the model need \(needs) and \(may) may be used")
  }
}
