package import Upscale

/// The joint result of several runs, also on several machines: the last line about each input counts.
package struct JournalMerge: Sendable {
  package struct Item: Sendable {
    /// The folder of outputs.
    package let folder: BytePath
    package let entry: JournalEntry
    package var output: BytePath { folder.appending(entry.output) }

    package init(folder: BytePath, entry: JournalEntry) {
      self.folder = folder
      self.entry = entry
    }

    package var line: JSONLine {
      var line = entry.line
      line.add("folder", folder.bytes)
      return line
    }
  }

  /// By output, then by input.
  package let items: [Item]
  /// Lines that could not be understood.
  package let damagedLines: Int

  package var failedCount: Int { items.count { $0.entry.failure != nil } }
  /// Outputs whose inputs were not whole.
  package var damagedCount: Int { items.count { $0.entry.written?.damage != nil } }

  private struct Key: Hashable {
    let folder: BytePath
    let input: BytePath
  }

  /// - Parameter sources: journals, or folders that hold one.
  /// - Throws: what reading throws.
  package init(_ sources: [BytePath]) throws(UpscaleError) {
    var last: [Key: Item] = [:]
    var damaged = 0
    for source in sources {
      let isFolder = source.status()?.isFolder == true
      let path = isFolder ? source.appending(Journal.fileName) : source
      let folder = isFolder ? source : source.folder
      let bytes = try InputFile.read(path: path.encoded, limit: 1 << 32)
      for line in bytes.split(separator: 0x0A) {
        guard let object = JSONLine(parsing: line) else {
          damaged += 1
          continue
        }
        guard let entry = JournalEntry(object) else { continue }
        let key = Key(folder: folder, input: entry.input)
        if let before = last[key], before.entry.time > entry.time { continue }
        last[key] = Item(folder: folder, entry: entry)
      }
    }
    items = last.values.sorted {
      ($0.entry.output, $0.entry.input, $0.folder) < ($1.entry.output, $1.entry.input, $1.folder)
    }
    damagedLines = damaged
  }
}
