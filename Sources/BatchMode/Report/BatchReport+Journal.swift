package import Upscale

extension BatchReport {
  /// A report from the journals of some folders of outputs, and the files that a run skipped.
  ///
  /// - Parameters:
  ///   - title: the page's.
  ///   - model: name of the network, or nil where several may have been used.
  ///   - settings: what outputs are like; nil where it may differ.
  ///   - journals: what became of all pictures, in earlier runs too.
  ///   - skipped: files that were skipped, with reasons.
  ///   - seconds: duration of the run; nil for the sum of its pictures' durations.
  package init(
    title: String, model: String?, settings: BatchSettings?, journals: JournalMerge,
    skipped: [JournalEntry] = [], seconds: Double? = nil
  ) {
    let took = seconds ?? journals.items.reduce(0) { $0 + $1.entry.seconds }
    self.init(
      title: title, model: model ?? "", settings: settings?.shown ?? [],
      rows: journals.items + skipped.map { JournalMerge.Item(folder: BytePath(""), entry: $0) },
      started: (journals.items.map { $0.entry.time }.max() ?? WallClock.now()) - Int(took),
      seconds: took)
  }
}

extension BatchSettings {
  /// As people read them.
  fileprivate var shown: [(String, String)] {
    var shown = [
      target.map { ("Size", $0.text) } ?? ("Scale", scaleText), ("Precision", precision.rawValue),
      ("Format", format?.name ?? "as the input"),
    ]
    if usesSelfEnsemble { shown.append(("Averaged", "over eight positions")) }
    if strength < 1 { shown.append(("Strength", DecimalNumber.text(strength))) }
    if let quality = encoding.quality { shown.append(("Quality", "\(quality)")) }
    if encoding.lossless { shown.append(("Lossless", "yes")) }
    if let level = encoding.nearLossless { shown.append(("Near lossless", "\(level)")) }
    if let effort = encoding.effort { shown.append(("Effort", "\(effort)")) }
    if let level = encoding.compression { shown.append(("Compression", "\(level)")) }
    if let subsampling = encoding.subsampling {
      shown.append(("Subsampling", subsampling.rawValue))
    }
    if encoding.isProgressive { shown.append(("Progressive", "yes")) }
    if let depth { shown.append(("Depth", "\(depth.rawValue) bits")) }
    return shown
  }
}
