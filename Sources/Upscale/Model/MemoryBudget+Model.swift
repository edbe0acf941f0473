public import SystemSupport

extension MemoryBudget {
  /// Refuses a model whose weights would go beyond the budget, before they are taken into memory.
  ///
  /// - Throws: kind `.tryLater`.
  public func check(_ model: Model) throws(UpscaleError) {
    let needed = model.packedByteCount
    guard needed > free else { return }
    let (needs, may) = byteCountTexts(needed, of: max(0, free))
    throw UpscaleError(
      .tryLater,
      "not enough memory: the weights of the model need \(needs) and "
        + "\(may) may be used; raise --max-memory or use a smaller model")
  }
}
