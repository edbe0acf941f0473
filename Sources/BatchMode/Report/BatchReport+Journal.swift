package import Upscale

extension BatchReport {
  /// What the journals of some folders of outputs tell, and what a run met that was no work.
  ///
  /// - Parameters:
  ///   - title: the page's.
  ///   - model: name of the network, or nil where several may have been used.
  ///   - settings: what outputs are like; nil where it may differ.
  ///   - journals: what became of all pictures, in earlier runs too.
  ///   - skipped: what was no work.
  ///   - seconds: what the run took; nil for the sum of what its pictures took.
  package init(
    title: String, model: String?, settings: BatchSettings?, journals: JournalMerge,
    skipped: [(path: BytePath, reason: SkipReason)] = [], seconds: Double? = nil
  ) {
    let made = journals.items.map { Entry($0.entry, in: $0.folder) }
    let rest = skipped.map {
      Entry(input: $0.path.text, status: .skipped, reason: $0.reason.text)
    }
    let took = seconds ?? made.reduce(0) { $0 + $1.seconds }
    self.init(
      title: title, model: model ?? "", settings: settings?.shown ?? [], entries: made + rest,
      started: (journals.items.map { $0.entry.time }.max() ?? WallClock.now()) - Int(took),
      seconds: took)
  }
}

extension BatchReport.Entry {
  fileprivate init(_ entry: JournalEntry, in folder: BytePath) {
    let output = folder.appending(entry.output)
    let isDone = entry.status == .done
    func known(_ number: Int) -> Int? { number > 0 ? number : nil }
    self.init(
      input: entry.input.text, output: isDone ? output.text : nil,
      status: !isDone ? .failed : entry.damage == nil ? .done : .damaged,
      code: isDone ? nil : Int32(entry.code),
      reason: isDone
        ? entry.damage ?? (entry.isCopy ? "the same picture as another one" : nil) : entry.reason,
      width: known(entry.width), height: known(entry.height),
      outputWidth: known(entry.outputWidth), outputHeight: known(entry.outputHeight),
      bytesIn: known(entry.inputBytes), bytesOut: known(entry.outputBytes),
      seconds: entry.seconds, inputPath: isDone ? entry.input : nil,
      outputPath: isDone ? output : nil)
  }
}

extension BatchSettings {
  /// As people read them.
  fileprivate var shown: [(String, String)] {
    var shown = [
      ("Scale", scaleText), ("Precision", precision.rawValue),
      ("Format", format?.name ?? "as the input"),
    ]
    if usesSelfEnsemble { shown.append(("Averaged", "over eight positions")) }
    if strength < 1 { shown.append(("Strength", DecimalNumber.text(strength))) }
    if let quality = encoding.quality { shown.append(("Quality", "\(quality)")) }
    if encoding.lossless { shown.append(("Lossless", "yes")) }
    if let depth { shown.append(("Depth", "\(depth.rawValue) bits")) }
    return shown
  }
}
