/// Writes weight files as `torch.save` does, instruction by instruction, so that tests can write wrong
/// ones too. Numbers are float32.
struct PyTorchFixture {
  /// The containers: of PyTorch 1.6 and newer, and of those before.
  enum Form: CaseIterable {
    case archive
    case legacy
  }

  var tensors: [(name: String, shape: [Int], numbers: [Float])]
  /// Instructions before the dictionary of tensors.
  var before: [UInt8] = []
  /// Key under which the dictionary lies, if not at the top.
  var wrapper: String?
  /// Changes of what a tensor says of itself, by its name.
  var strides: [String: [Int]] = [:]
  var offsets: [String: Int] = [:]
  /// What the archive's entries say of themselves that is not so.
  var isDeflated = false
  var checksumError: UInt32 = 0

  // MARK: Pickle

  static func text(_ text: String) -> [UInt8] {
    [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8)
  }

  static func integer(_ value: Int) -> [UInt8] { [0x4A] + little(UInt32(bitPattern: Int32(value))) }

  static func name(_ module: String, _ attribute: String) -> [UInt8] {
    Array("c\(module)\n\(attribute)\n".utf8)
  }

  static func tuple(_ items: [[UInt8]]) -> [UInt8] { [0x28] + items.flatMap { $0 } + [0x74] }

  static func call(_ function: [UInt8], _ arguments: [[UInt8]]) -> [UInt8] {
    function + tuple(arguments) + [0x52]
  }

  static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  private static let empty = name("collections", "OrderedDict") + [0x29, 0x52]

  private func tensor(_ index: Int, form: Form) -> [UInt8] {
    let (name, shape, numbers) = tensors[index]
    var strides: [Int] = []
    var step = 1
    for side in shape.reversed() {
      strides.insert(step, at: 0)
      step *= side
    }
    let storage =
      Self.tuple(
        [
          Self.text("storage"), Self.name("torch", "FloatStorage"), Self.text("\(index)"),
          Self.text("cpu"), Self.integer(numbers.count),
        ] + (form == .legacy ? [[0x4E]] : [])) + [0x51]
    return Self.call(
      Self.name("torch._utils", "_rebuild_tensor_v2"),
      [
        storage, Self.integer(offsets[name] ?? 0), Self.tuple(shape.map(Self.integer)),
        Self.tuple((self.strides[name] ?? strides).map(Self.integer)), [0x89], Self.empty,
      ])
  }

  private func pickle(_ form: Form) -> [UInt8] {
    var items: [UInt8] = []
    for index in tensors.indices {
      items += Self.text(tensors[index].name) + tensor(index, form: form)
    }
    var value = before
    value += Self.empty
    value.append(0x28)
    value += items
    value.append(0x75)
    if let wrapper {
      value.insert(contentsOf: [0x7D] + Self.text(wrapper), at: 0)
      value.append(0x73)
    }
    value.insert(contentsOf: [0x80, 2], at: 0)
    value.append(0x2E)
    return value
  }

  // MARK: Containers

  func bytes(_ form: Form) -> [UInt8] {
    switch form {
    case .archive: archive()
    case .legacy: legacy()
    }
  }

  private func data(_ index: Int) -> [UInt8] {
    tensors[index].numbers.flatMap { Self.little($0.bitPattern) }
  }

  private func legacy() -> [UInt8] {
    let magic: [UInt8] = [
      0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    let version: [UInt8] = [0x80, 2, 0x4D, 0xE9, 3, 0x2E]
    var out = magic
    out += version
    out += [0x80, 2, 0x7D]
    out += Self.text("little_endian")
    out += [0x88, 0x73, 0x2E]
    out += pickle(.legacy)
    out += [0x80, 2, 0x5D, 0x28]
    for index in tensors.indices { out += Self.text("\(index)") }
    out += [0x65, 0x2E]
    for index in tensors.indices {
      out += Self.little(Int64(tensors[index].numbers.count))
      out += data(index)
    }
    return out
  }

  private func archive() -> [UInt8] {
    var entries = [("archive/data.pkl", pickle(.archive))]
    entries += tensors.indices.map { ("archive/data/\($0)", data($0)) }
    entries.append(("archive/version", Array("3\n".utf8)))
    var (out, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, content) in entries {
      var fields = Self.little(UInt16(isDeflated ? 8 : 0))
      fields += Self.little(UInt32(0))
      fields += Self.little(Self.checksum(content) ^ checksumError)
      fields += Self.little(UInt32(content.count))
      fields += Self.little(UInt32(content.count))
      fields += Self.little(UInt16(name.utf8.count))
      fields += Self.little(UInt16(0))
      directory += Self.little(UInt32(0x0201_4B50))
      directory += [20, 0, 20, 0, 0, 0]
      directory += fields
      directory += [UInt8](repeating: 0, count: 10)
      directory += Self.little(UInt32(out.count))
      directory += Array(name.utf8)
      out += Self.little(UInt32(0x0403_4B50))
      out += [20, 0, 0, 0]
      out += fields
      out += Array(name.utf8)
      out += content
    }
    let place = out.count
    out += directory
    out += Self.little(UInt32(0x0605_4B50))
    out += Self.little(UInt32(0))
    out += Self.little(UInt16(entries.count))
    out += Self.little(UInt16(entries.count))
    out += Self.little(UInt32(directory.count))
    out += Self.little(UInt32(place))
    out += Self.little(UInt16(0))
    return out
  }

  /// CRC-32, a bit at a time.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
        sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0)
      }
    }
  }
}
