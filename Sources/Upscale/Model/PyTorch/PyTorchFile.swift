/// A weight file as `torch.save` writes it: `.pth`, `.pt`, `.ckpt`.
///
/// There are two containers: a zip archive of a pickle and one entry for each storage, and the stream of
/// pickles and storages that PyTorch before 1.6 wrote. Both are read by `PickleMachine`, which executes
/// nothing. The numbers stay in the file.
package struct PyTorchFile: Sendable {
  /// The floating-point tensors of the dictionary that a model is loaded from. Integers are counters.
  package let tensors: [String: Tensor]

  /// The most tensors that are read; transformers have some thousand.
  private static let tensorLimit = 16_384

  /// What starts a legacy file, behind the pickle's protocol: a number of its own, and STOP.
  private static let legacyMagic: [UInt8] = [
    0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  /// Where a storage lies in the file, and how many bytes it has there.
  private typealias Places = [String: Range<Int>]

  // MARK: Zip archives

  /// Reads a zip archive.
  ///
  /// - Parameters:
  ///   - file: the archive.
  ///   - isTrusted: whether the sums of the numbers need not be checked.
  /// - Throws: `.badModel`, naming what is damaged, dangerous or foreign; what reading throws.
  package init(archive file: WeightFile, isTrusted: Bool = false) throws(UpscaleError) {
    let archive = try ZipArchive(file: file)
    let pickles = archive.entries.keys.filter {
      $0.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 1 && $0.hasSuffix("/data.pkl")
    }
    guard pickles.count == 1, let name = pickles.first, let entry = archive.entries[name] else {
      throw UpscaleError(
        .badModel,
        pickles.isEmpty
          ? "is a zip archive, but none of PyTorch: it has no data.pkl"
          : "has \(pickles.count) entries data.pkl, so that it means two things")
    }
    let root = String(name.dropLast("data.pkl".count))
    guard archive.entries["\(root)constants.pkl"] == nil,
      !archive.entries.keys.contains(where: { $0.hasPrefix("\(root)code/") })
    else {
      throw UpscaleError(
        .badModel,
        "is a TorchScript program, not weights; save the model's state_dict with torch.save")
    }
    if let order = archive.entries["\(root)byteorder"] {
      let bytes = try file.copy(
        order.range.lowerBound..<min(order.range.upperBound, order.range.lowerBound + 16))
      guard bytes == Array("little".utf8) else {
        throw UpscaleError(.badModel, "was written by a big-endian machine, which is not read")
      }
    }
    try archive.check(entry)
    var machine = PickleMachine(PickleInput(file: file, range: entry.range))
    let value = try machine.run()
    let found = try Self.dictionary(in: value, of: machine)
    var places: Places = [:]
    var entries: [ZipArchive.Entry] = []
    for key in Set(found.values.map { machine.storages[machine.tensors[$0].storage].key }) {
      guard let entry = archive.entries["\(root)data/\(key)"] else {
        throw UpscaleError(.badModel, "is damaged: it has no storage \(quoted(key))")
      }
      places[key] = entry.range
      entries.append(entry)
    }
    if !isTrusted { try archive.check(entries) }
    tensors = try Self.tensors(found, of: machine, in: file, at: places)
  }

  // MARK: Legacy files

  /// Whether a file starts as a pickle does; `start` has 16 bytes of it, if there are as many.
  package static func isPickle(_ start: [UInt8]) -> Bool {
    // A safetensors file may start with the same two bytes: a header length of 640 to 1408, whose other
    // bytes are zeros.
    start.count >= 2 && start[0] == 0x80 && (2...5).contains(start[1])
      && !(start.count >= 8 && start[2..<8].allSatisfy { $0 == 0 })
  }

  /// Reads the stream of PyTorch before 1.6.
  ///
  /// - Throws: as `init(archive:)`.
  package init(legacy file: WeightFile) throws(UpscaleError) {
    var input = PickleInput(file: file, range: 0..<file.count)
    try input.skip(2)
    var start = try input.bytes(min(file.count - 2, Self.legacyMagic.count))
    if start.first == 0x95 {
      // A frame's length, from protocol 4 on.
      start = try Array(start.dropFirst(9)) + input.bytes(min(file.count - 2 - start.count, 9))
    }
    guard start == Self.legacyMagic else {
      throw UpscaleError(
        .badModel, "is a pickle of Python, but none that PyTorch's torch.save wrote")
    }
    var header = PickleMachine(input)
    guard case .integer(1001) = try header.run() else {
      throw UpscaleError(.badModel, "is a PyTorch file of an unknown version")
    }
    var system = PickleMachine(header.rest)
    guard case .dictionary = try system.run() else { throw PickleMachine.damaged }
    var machine = PickleMachine(system.rest)
    let value = try machine.run()
    let found = try Self.dictionary(in: value, of: machine)
    var list = PickleMachine(machine.rest)
    guard case .list(let number) = try list.run() else { throw PickleMachine.damaged }
    let places = try Self.places(
      of: list.containers.lists[number], machine, in: file, from: list.rest)
    tensors = try Self.tensors(found, of: machine, in: file, at: places)
  }

  /// Storages follow each other, each behind the number of its elements.
  private static func places(
    of keys: [PickleValue], _ machine: PickleMachine, in file: WeightFile, from rest: PickleInput
  ) throws(UpscaleError) -> Places {
    var storages: [String: PyTorchStorage] = [:]
    for storage in machine.storages { storages[storage.key] = storage }
    var places: Places = [:]
    var input = rest
    for value in keys {
      guard case .text(let key) = value, let storage = storages[key] else {
        throw UpscaleError(.badModel, "is damaged: it has a storage that nothing refers to")
      }
      guard try input.number(8) == storage.count else {
        throw UpscaleError(.badModel, "is damaged: storage \(quoted(key)) has another size")
      }
      let count = storage.count * storage.elementSize
      let start = input.position
      do throws(UpscaleError) {
        try input.skip(count)
      } catch {
        throw UpscaleError(.badModel, "is cut short: storage \(quoted(key)) lies behind its end")
      }
      guard places.updateValue(start..<start + count, forKey: key) == nil else {
        throw UpscaleError(.badModel, "is damaged: it has two storages \(quoted(key))")
      }
    }
    return places
  }

  // MARK: Dictionaries

  /// Names under which training code keeps the weights, best first: averaged ones give the better
  /// pictures.
  static let wrappers = [
    "model_state_dict", "state_dict", "params_ema", "params-ema", "params", "model", "net",
  ]

  /// The tensors of the dictionary that holds a model's weights, by names, as the machine's numbers.
  private static func dictionary(
    in value: PickleValue, of machine: PickleMachine
  ) throws(UpscaleError) -> [String: Int] {
    guard case .dictionary(var number) = value else {
      throw UpscaleError(
        .badModel,
        "holds no dictionary of weights; save the model's state_dict with torch.save")
    }
    func inner(_ name: String) -> Int? {
      guard case .dictionary(let number)? = machine.containers.dictionaries[number][name] else {
        return nil
      }
      return number
    }
    // A limit, since dictionaries may contain themselves.
    for _ in 0..<8 {
      let names = machine.containers.dictionaries[number].keys
      guard
        let next = wrappers.lazy.compactMap(inner).first
          ?? (names.count == 1 ? names.first.flatMap(inner) : nil)
      else { break }
      number = next
    }
    var tensors: [String: Int] = [:]
    for (name, value) in machine.containers.dictionaries[number] {
      guard case .tensor(let tensor) = value,
        machine.storages[machine.tensors[tensor].storage].elementType != nil
      else { continue }
      tensors[name] = tensor
    }
    guard !tensors.isEmpty else {
      throw UpscaleError(.badModel, "holds no weights: its dictionary has no tensor of fractions")
    }
    guard tensors.count <= tensorLimit else {
      throw UpscaleError(.badModel, "has more than \(tensorLimit) tensors")
    }
    return tensors
  }

  private static func tensors(
    _ found: [String: Int], of machine: PickleMachine, in file: WeightFile, at places: Places
  ) throws(UpscaleError) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    tensors.reserveCapacity(found.count)
    for (name, number) in found {
      let description = machine.tensors[number]
      let storage = machine.storages[description.storage]
      guard let place = places[storage.key], let elementType = storage.elementType else {
        throw UpscaleError(.badModel, "is damaged: it has no storage \(quoted(storage.key))")
      }
      guard place.count == storage.count * storage.elementSize else {
        throw UpscaleError(
          .badModel,
          "is damaged: storage \(quoted(storage.key)) has \(place.count) bytes, "
            + "not \(storage.count) times \(storage.elementSize)")
      }
      let first = storage.view.lowerBound + description.offset
      tensors[name] = try Tensor(
        shape: description.shape, strides: description.strides, elementType: elementType,
        file: file,
        offset: place.lowerBound + first * storage.elementSize, name: name)
    }
    return tensors
  }
}
