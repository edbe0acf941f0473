import Synchronization
import SystemSupport

/// The directory of a zip archive whose entries are stored, as PyTorch writes them (1.6 and newer).
///
/// Readers of zip files interpret contradictory archives differently, so that a scanner may see other
/// content than the program that loads them. Therefore there must be one end of the directory, at the end
/// of the file; local headers must agree with the directory; entries must not overlap, occur twice or
/// leave their folder. Compressed entries are refused: PyTorch does not compress, and a small file could
/// inflate to any size.
struct ZipArchive: Sendable {
  /// One file of the archive.
  struct Entry: Sendable {
    let name: String
    /// Its bytes in the archive.
    let range: Range<Int>
    let checksum: UInt32
  }

  /// Entries by their names.
  let entries: [String: Entry]
  private let file: WeightFile

  /// What starts an archive.
  static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
  /// The most entries; a training state of x4plus has 3,000.
  private static let entryLimit = 65_536
  /// The longest directory, in bytes.
  private static let directoryLimit = 16 << 20
  /// The longest name, in bytes.
  private static let nameLimit = 1024
  private static let endSize = 22
  private static let localSize = 30

  /// Reads the directory, and all local headers.
  ///
  /// - Throws: `.badModel`, naming the entry at fault; what reading throws.
  init(file: WeightFile) throws(UpscaleError) {
    self.file = file
    let directory = try Self.directory(of: file)
    var entries: [String: Entry] = [:]
    var occupied: [Range<Int>] = []
    var fields = ZipFields(try file.copy(directory.range))
    for _ in 0..<directory.count {
      let (entry, whole) = try Self.entry(&fields, in: file, before: directory.range.lowerBound)
      guard entries.updateValue(entry, forKey: entry.name) == nil else {
        throw UpscaleError(.badModel, "has two entries \(quoted(entry.name))")
      }
      occupied.append(whole)
    }
    guard fields.isAtEnd else {
      throw UpscaleError(.badModel, "is damaged: its directory holds more than it announces")
    }
    occupied.sort { $0.lowerBound < $1.lowerBound }
    for (one, other) in zip(occupied, occupied.dropFirst())
    where one.upperBound > other.lowerBound {
      throw UpscaleError(.badModel, "has entries that overlap")
    }
    self.entries = entries
  }

  /// Refuses an entry whose bytes are not those that its checksum was made of.
  ///
  /// - Throws: `.badModel`; what reading throws.
  func check(_ entry: Entry) throws(UpscaleError) {
    guard try file.crc32(entry.range) == entry.checksum else {
      throw UpscaleError(
        .badModel, "is damaged: the checksum of its entry \(quoted(entry.name)) is wrong")
    }
  }

  /// Bytes for which a thread is worth starting.
  private static let bytesPerThread = 4 << 20

  /// Checks entries as `check(_:)` does, on all cores: reading the bytes of a large model twice is most of
  /// what loading takes.
  ///
  /// - Throws: the error of one of the entries.
  func check(_ entries: [Entry]) throws(UpscaleError) {
    let bytes = entries.reduce(0) { $0 + $1.range.count }
    let count = min(Machine.coreCount, bytes / Self.bytesPerThread)
    let next = Atomic(0)
    let failure = Shared<UpscaleError?>(nil)
    @Sendable func checkNext() {
      while failure.read({ $0 == nil }) {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < entries.count else { return }
        do throws(UpscaleError) {
          try check(entries[index])
        } catch {
          failure.note { $0 = error }
        }
      }
    }
    // Without further threads this one does it all.
    let threads = count > 1 ? try? Workers(count: count - 1) { _ in checkNext() } : nil
    checkNext()
    threads?.join()
    if let failure = failure.read({ $0 }) { throw failure }
  }

  // MARK: The directory

  private static func directory(
    of file: WeightFile
  ) throws(UpscaleError) -> (range: Range<Int>, count: Int) {
    let tailStart = max(0, file.count - endSize - 0xFFFF)
    let tail = try file.copy(tailStart..<file.count)
    // Ends whose comment reaches the end of the file; more than one would be ambiguous.
    var ends: [Int] = []
    if tail.count >= endSize {
      for start in 0...tail.count - endSize where tail[start] == 0x50 {
        guard tail[start..<start + 4].elementsEqual([0x50, 0x4B, 0x05, 0x06]) else { continue }
        let comment = Int(tail[start + 20]) | Int(tail[start + 21]) << 8
        if start + endSize + comment == tail.count { ends.append(start) }
      }
    }
    guard let end = ends.first else {
      throw UpscaleError(.badModel, "is cut short: a zip archive without the end of its directory")
    }
    guard ends.count == 1 else {
      throw UpscaleError(.badModel, "has two ends of its directory, so that it means two things")
    }
    var fields = ZipFields(Array(tail[(end + 4)...]))
    let disks = try (fields.number(2), fields.number(2))
    var counts = try (fields.number(2), fields.number(2))
    var size = try fields.number(4)
    var start = try fields.number(4)
    let endStart = tailStart + end
    var limit = endStart
    guard disks == (0, 0) || disks == (0xFFFF, 0xFFFF) else {
      throw UpscaleError(.badModel, "is one part of a zip archive of several")
    }
    if let wide = try wideEnd(of: file, before: endStart) {
      // Fields of the old end may be filled; then they must agree.
      guard [wide.count, 0xFFFF].contains(counts.0), [wide.count, 0xFFFF].contains(counts.1),
        [wide.size, 0xFFFF_FFFF].contains(size), [wide.start, 0xFFFF_FFFF].contains(start)
      else {
        throw UpscaleError(.badModel, "has two ends of its directory that contradict each other")
      }
      counts = (wide.count, wide.count)
      (size, start, limit) = (wide.size, wide.start, wide.place)
    }
    guard counts.0 == counts.1, counts.0 <= entryLimit else {
      throw UpscaleError(.badModel, "has \(counts.0) entries; \(entryLimit) are the limit")
    }
    guard size <= directoryLimit else {
      throw UpscaleError(.badModel, "has a directory of \(size) bytes; that of a model is smaller")
    }
    let (directoryEnd, overflow) = start.addingReportingOverflow(size)
    guard start >= 0, !overflow, directoryEnd == limit else {
      throw UpscaleError(.badModel, "is damaged: its directory is not where it should be")
    }
    return (start..<directoryEnd, counts.0)
  }

  /// The end of the directory in its zip64 form, where there is one.
  private static func wideEnd(
    of file: WeightFile, before end: Int
  ) throws(UpscaleError) -> (count: Int, size: Int, start: Int, place: Int)? {
    guard end >= 20 else { return nil }
    var locator = ZipFields(try file.copy(end - 20..<end))
    guard try locator.number(4) == 0x0706_4B50 else { return nil }
    _ = try locator.number(4)
    let place = try locator.number(8)
    // 56 bytes: nothing between it and its locator.
    guard place >= 0, place == end - 76 else {
      throw UpscaleError(.badModel, "is damaged: its zip64 directory is not where it should be")
    }
    var fields = ZipFields(try file.copy(place..<place + 56))
    guard try fields.number(4) == 0x0606_4B50, try fields.number(8) == 44 else {
      throw UpscaleError(.badModel, "is damaged: its zip64 directory has no end")
    }
    fields.skip(12)
    let counts = try (fields.number(8), fields.number(8))
    let size = try fields.number(8)
    let start = try fields.number(8)
    guard counts.0 == counts.1, counts.0 >= 0, size >= 0, start >= 0 else {
      throw UpscaleError(.badModel, "is damaged: its zip64 directory is impossible")
    }
    return (counts.0, size, start, place)
  }

  // MARK: Entries

  /// The next entry of the directory, and all that belongs to it in the file.
  private static func entry(
    _ fields: inout ZipFields, in file: WeightFile, before end: Int
  ) throws(UpscaleError) -> (entry: Entry, whole: Range<Int>) {
    guard try fields.number(4) == 0x0201_4B50 else {
      throw UpscaleError(.badModel, "is damaged: its directory holds something else than entries")
    }
    fields.skip(4)
    let flags = try fields.number(2)
    let method = try fields.number(2)
    fields.skip(4)
    let checksum = UInt32(try fields.number(4))
    var packed = try fields.number(4)
    var size = try fields.number(4)
    let lengths = try (name: fields.number(2), extra: fields.number(2), comment: fields.number(2))
    fields.skip(8)
    var place = try fields.number(4)
    let name = try Self.name(fields.bytes(lengths.name))
    var extra = ZipFields(try fields.bytes(lengths.extra))
    _ = try fields.bytes(lengths.comment)
    try extra.readZip64(&size, &packed, &place)
    guard flags & 1 == 0 else {
      throw UpscaleError(.badModel, "has an encrypted entry \(quoted(name))")
    }
    guard method == 0, packed == size else {
      throw UpscaleError(
        .badModel, "has a compressed entry \(quoted(name)); PyTorch stores weights as they are")
    }
    guard place >= 0, size >= 0, place <= end - localSize else {
      throw UpscaleError(.badModel, "is damaged: entry \(quoted(name)) lies outside it")
    }
    var local = ZipFields(try file.copy(place..<place + localSize))
    let signature = try local.number(4)
    local.skip(2)
    let localFlags = try local.number(2)
    let localMethod = try local.number(2)
    local.skip(4)
    let localChecksum = try local.number(4)
    let localSizes = try (local.number(4), local.number(4))
    let localLengths = try (name: local.number(2), extra: local.number(2))
    let nameStart = place + localSize
    let start = nameStart + localLengths.name + localLengths.extra
    guard signature == 0x0403_4B50, localMethod == 0, localFlags & 1 == 0, start <= end,
      size <= end - start, localLengths.name == lengths.name,
      try file.copy(nameStart..<nameStart + localLengths.name) == Array(name.utf8)
    else {
      throw UpscaleError(
        .badModel, "is damaged: entry \(quoted(name)) is not what the directory says")
    }
    // They follow the data where bit 3 says so; then zeros may stand here.
    let isDeferred = localFlags & 8 != 0
    let sizes = [size, 0xFFFF_FFFF] + (isDeferred ? [0] : [])
    guard
      Int(checksum) == localChecksum || isDeferred && localChecksum == 0,
      sizes.contains(localSizes.0), sizes.contains(localSizes.1)
    else {
      throw UpscaleError(
        .badModel, "is damaged: entry \(quoted(name)) is not what the directory says")
    }
    return (
      Entry(name: name, range: start..<start + size, checksum: checksum), place..<start + size
    )
  }

  /// A name that stays in its folder.
  private static func name(_ bytes: [UInt8]) throws(UpscaleError) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let dots: [[UInt8]] = [[], [0x2E], [0x2E, 0x2E]]
    guard bytes.count <= nameLimit, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C }),
      !parts.contains(where: { dots.contains(Array($0)) })
    else {
      throw UpscaleError(.badModel, "has an entry with the name \(quoted(text))")
    }
    return text
  }
}

/// Little-endian numbers out of some bytes, one after the other.
private struct ZipFields {
  private let content: [UInt8]
  private var position = 0

  init(_ content: [UInt8]) { self.content = content }

  var isAtEnd: Bool { position == content.count }

  mutating func skip(_ count: Int) { position += count }

  mutating func bytes(_ count: Int) throws(UpscaleError) -> [UInt8] {
    guard position <= content.count, count <= content.count - position else {
      throw UpscaleError(.badModel, "is damaged: the directory of the zip archive is cut short")
    }
    defer { position += count }
    return Array(content[position..<position + count])
  }

  /// One of 8 bytes is negative where it does not fit.
  mutating func number(_ size: Int) throws(UpscaleError) -> Int {
    try bytes(size).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Of extra fields: what did not fit into 32 bits.
  mutating func readZip64(
    _ size: inout Int, _ packed: inout Int, _ place: inout Int
  ) throws(UpscaleError) {
    var isRead = false
    // Some writers fill up with less than a field.
    while content.count - position >= 4 {
      let identifier = try number(2)
      var field = ZipFields(try bytes(try number(2)))
      guard identifier == 1 else { continue }
      guard !isRead else {
        throw UpscaleError(.badModel, "is damaged: an entry's size is given twice")
      }
      isRead = true
      if size == 0xFFFF_FFFF { size = try field.number(8) }
      if packed == 0xFFFF_FFFF { packed = try field.number(8) }
      if place == 0xFFFF_FFFF { place = try field.number(8) }
    }
  }
}
