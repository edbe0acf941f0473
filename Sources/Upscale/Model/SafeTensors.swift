package import SystemSupport

/// The `.safetensors` container: an 8-byte little-endian header length, a JSON header, the data.
///
/// The reader believes nothing: the header is at most 4 MiB, every range is computed with overflow
/// checks, ranges tile the data without hole or overlap, and the file ends where the last one does
/// (the rules of the format's own implementation, which takes headers of 100 MB). It allocates nothing
/// that a file could inflate: of metadata only what is used is kept.
package struct SafeTensors: Sendable {
  package let tensors: [String: Tensor]
  /// What `__metadata__` says the file was converted from.
  package let origin: String?
  /// What it says about the network.
  package let hints: ModelHints

  /// The longest header that is read, in bytes: that of x4plus has 82,000, and training programs add
  /// some 100,000 of metadata.
  package static let headerLimit = 4 << 20
  /// The most tensors that are read; the largest network known has about 1,500.
  package static let tensorLimit = 4096
  /// The most dimensions a tensor may have.
  package static let rankLimit = 8
  /// The longest header that the format allows, in bytes.
  private static let formatLimit = 100_000_000
  /// The longest origin that is kept, in bytes.
  private static let originLimit = 1024

  /// One tensor as the header describes it.
  private struct Record {
    let name: String
    let elementType: TensorElementType
    let shape: [Int]
    let begin: Int
    let end: Int
  }

  /// Reads the tensors of a file; their bytes stay there.
  ///
  /// - Throws: `.badModel`, naming the tensor or the byte at fault; `.memory` without memory for the
  ///   header; what reading throws.
  package init(file: WeightFile) throws(UpscaleError) {
    guard file.count >= 8 else {
      throw UpscaleError(.badModel, "is too short for a safetensors file (\(file.count) bytes)")
    }
    let length = try file.copy(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(file.count - 8) else {
      throw UpscaleError(
        .badModel,
        length > UInt64(SafeTensors.formatLimit)
          ? "is not a safetensors file: its header would be \(length) bytes long"
          : "is cut short: a header of \(length) bytes in a file of \(file.count)")
    }
    guard length <= UInt64(SafeTensors.headerLimit) else {
      throw UpscaleError(
        .badModel,
        "has a header of \(length) bytes; a model's has at most \(SafeTensors.headerLimit)")
    }
    let dataStart = 8 + Int(length)
    let buffer = try ByteBuffer(count: Int(length), for: "the model's header")
    try file.read(at: 8, into: buffer.bytes)
    let header = try SafeTensors.parse(HeaderScanner(UnsafeRawBufferPointer(buffer.bytes)))
    withExtendedLifetime(buffer) {}
    origin = header.metadata["origin"].flatMap { $0.isEmpty ? nil : $0 }
    hints = try ModelHints(metadata: header.metadata)
    tensors = try SafeTensors.place(header.records, in: file, from: dataStart)
  }

  /// Reads the header. Names are unique in what it returns.
  private static func parse(
    _ start: HeaderScanner
  ) throws(UpscaleError) -> (records: [Record], metadata: [String: String]) {
    var scanner = start
    var records: [Record] = []
    var metadata: [String: String] = [:]
    var names: Set<String> = []
    try scanner.expect("{")
    if !scanner.accept("}") {
      repeat {
        let name = try scanner.string()
        guard names.insert(name).inserted else {
          throw UpscaleError(.badModel, "tensor \(quoted(name)) occurs twice")
        }
        try scanner.expect(":")
        if name == "__metadata__" {
          metadata = try parseMetadata(&scanner)
        } else {
          guard records.count < tensorLimit else {
            throw UpscaleError(.badModel, "has more than \(tensorLimit) tensors")
          }
          records.append(try parseRecord(name, &scanner))
        }
      } while scanner.accept(",")
      try scanner.expect("}")
    }
    try scanner.expectEnd()
    return (records, metadata)
  }

  /// The metadata that is used, as its names stand in the header. Names that hold escapes are others.
  private static let knownMetadata: [(quoted: StaticString, name: String)] = [
    ("\"origin\"", "origin"), ("\"upscale.activation\"", ModelHints.activationKey),
    ("\"upscale.output_scale\"", ModelHints.outputScaleKey),
    ("\"upscale.mean\"", ModelHints.meanKey), ("\"upscale.range\"", ModelHints.rangeKey),
  ]

  /// Passes over all metadata but what is used.
  private static func parseMetadata(
    _ scanner: inout HeaderScanner
  ) throws(UpscaleError) -> [String: String] {
    var metadata: [String: String] = [:]
    try scanner.expect("{")
    guard !scanner.accept("}") else { return metadata }
    repeat {
      var known: String?
      for candidate in knownMetadata where scanner.isNext(candidate.quoted) {
        known = candidate.name
      }
      try scanner.skipString()
      try scanner.expect(":")
      guard let known else {
        try scanner.skipString()
        continue
      }
      guard metadata[known] == nil else {
        throw UpscaleError(.badModel, "metadata '\(known)' occurs twice")
      }
      let start = scanner.position
      var copy = scanner
      try scanner.skipString()
      metadata[known] = scanner.position - start <= originLimit ? try copy.string() : ""
    } while scanner.accept(",")
    try scanner.expect("}")
    return metadata
  }

  private static func parseRecord(
    _ name: String, _ scanner: inout HeaderScanner
  ) throws(UpscaleError) -> Record {
    var elementType: TensorElementType?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.expect("{")
    repeat {
      let field = try scanner.string()
      try scanner.expect(":")
      switch field {
      case "dtype" where elementType == nil:
        let type = try scanner.string()
        elementType = TensorElementType(rawValue: type)
        guard elementType != nil else {
          throw UpscaleError(
            .badModel,
            "tensor \(quoted(name)) has element type \(quoted(type)); F64, F32, F16 and BF16 are read"
          )
        }
      case "shape" where shape == nil: shape = try scanner.numbers(limit: rankLimit)
      case "data_offsets" where offsets == nil: offsets = try scanner.numbers(limit: 2)
      default:
        throw UpscaleError(
          .badModel, "tensor \(quoted(name)) has an unknown or repeated field \(quoted(field))")
      }
    } while scanner.accept(",")
    try scanner.expect("}")
    guard let elementType, let shape, let offsets, offsets.count == 2 else {
      throw UpscaleError(
        .badModel, "tensor \(quoted(name)) lacks its dtype, its shape or one of two data_offsets")
    }
    return Record(
      name: name, elementType: elementType, shape: shape, begin: offsets[0], end: offsets[1])
  }

  /// Checks that the records tile the data exactly, and makes them tensors.
  private static func place(
    _ records: [Record], in file: WeightFile, from dataStart: Int
  ) throws(UpscaleError) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    tensors.reserveCapacity(records.count)
    var position = 0
    for record in records.sorted(by: { ($0.begin, $0.end, $0.name) < ($1.begin, $1.end, $1.name) })
    {
      guard record.begin == position, record.end >= record.begin else {
        throw UpscaleError(
          .badModel,
          "tensor \(quoted(record.name)) lies at \(record.begin)..<\(record.end), "
            + "but the one before it ends at \(position)")
      }
      guard
        let size = byteCount(record.shape, record.elementType), size == record.end - record.begin
      else {
        throw UpscaleError(
          .badModel,
          "tensor \(quoted(record.name)) of shape \(record.shape) in \(record.elementType.rawValue)"
            + " does not fill its \(record.end - record.begin) bytes")
      }
      guard record.end <= file.count - dataStart else {
        throw UpscaleError(
          .badModel, "is cut short: tensor \(quoted(record.name)) lies behind its end")
      }
      tensors[record.name] = Tensor(
        shape: record.shape, elementType: record.elementType, file: file,
        offset: dataStart + record.begin)
      position = record.end
    }
    guard position == file.count - dataStart else {
      throw UpscaleError(
        .badModel, "has \(file.count - dataStart - position) bytes behind its last tensor")
    }
    return tensors
  }

  /// The bytes that a shape needs, or nil if their number overflows.
  package static func byteCount(_ shape: [Int], _ elementType: TensorElementType) -> Int? {
    var bytes = elementType.byteCount
    for extent in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      bytes = product
    }
    return bytes
  }
}

/// A name out of a hostile file, fit for a message: quoted, printable and short.
func quoted(_ name: String) -> String {
  var text = ""
  for scalar in name.unicodeScalars.prefix(100) {
    text +=
      scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F
      ? String(Character(scalar)) : scalar.escaped(asASCII: true)
  }
  return "'\(text)\(name.unicodeScalars.count > 100 ? "…" : "")'"
}
