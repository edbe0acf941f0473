/// A reader of the pickles in weight files, which executes nothing.
///
/// A pickle is a program for a stack machine, and Python's machine can call any function. This one has
/// only the instructions that dictionaries of tensors are written with, accepts only the names in
/// `PickleGlobal`, and makes only values of `PickleValue`. Everything has a limit, so that a small file
/// cannot cause much work.
struct PickleMachine {
  private var input: PickleInput
  /// Where the pickle started.
  private let start: Int

  private var stack: [PickleValue] = []
  /// Heights of the stack where MARK was called.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  private(set) var containers = PickleContainers()
  private(set) var storages: [PyTorchStorage] = []
  private(set) var tensors: [PyTorchTensor] = []
  private var storageNumbers: [String: Int] = [:]

  /// The most instructions; a training state of x4plus has 100,000.
  private static let instructionLimit = 1_000_000
  /// The longest pickle, in bytes.
  private static let byteLimit = 32 << 20
  /// The longest text that is kept, in bytes; names of tensors are shorter.
  private static let textLimit = 1024
  /// The longest whole number, in bytes; the longest one known marks a legacy file.
  private static let numberLimit = 255
  private static let rankLimit = 8

  /// - Parameter input: at the pickle's first byte.
  init(_ input: PickleInput) {
    self.input = input
    start = input.position
  }

  /// What comes behind the pickle, once it has run.
  var rest: PickleInput { input }

  /// Runs the pickle.
  ///
  /// - Returns: its value; the containers in it are this machine's.
  /// - Throws: `.badModel`, naming what is not allowed; what reading throws.
  mutating func run() throws(UpscaleError) -> PickleValue {
    for _ in 0..<Self.instructionLimit {
      let code = try input.byte()
      if code == 0x2E {  // STOP
        let value = try pop()
        guard stack.isEmpty, marks.isEmpty else { throw Self.damaged }
        return value
      }
      try perform(code)
      guard input.position - start <= Self.byteLimit else {
        throw UpscaleError(.badModel, "has a pickle of more than \(Self.byteLimit) bytes")
      }
    }
    throw UpscaleError(
      .badModel, "has a pickle of more than \(Self.instructionLimit) instructions")
  }

  static let damaged = UpscaleError(.badModel, "is damaged: its pickle makes no sense")

  private mutating func perform(_ code: UInt8) throws(UpscaleError) {
    switch code {
    case 0x80:  // PROTO
      guard (2...5).contains(try input.byte()) else { throw Self.damaged }
    case 0x95: try input.skip(8)  // FRAME
    case 0x28: try mark()
    case 0x30: _ = try pop()
    case 0x4E: stack.append(.none)
    case 0x88, 0x89: stack.append(.boolean)
    case 0x4A: stack.append(.integer(Int(Int32(truncatingIfNeeded: try input.number(4)))))
    case 0x4B: stack.append(.integer(try input.number(1)))
    case 0x4D: stack.append(.integer(try input.number(2)))
    case 0x8A: try long(try input.number(1))
    case 0x8B: try long(try input.number(4))
    case 0x47: try skip(8)  // BINFLOAT
    case 0x58: try text(try input.number(4))
    case 0x8C, 0x55: try text(try input.number(1))
    case 0x8D: try text(try input.number(8))
    case 0x54: try text(try input.number(4))
    case 0x42: try skip(try input.number(4))  // BINBYTES
    case 0x43: try skip(try input.number(1))
    case 0x8E: try skip(try input.number(8))
    case 0x5D: try push(list: [])
    case 0x7D: try push(dictionary: [:])
    case 0x29: try push(tuple: [])
    case 0x85...0x87:
      let count = Int(code) - 0x84
      guard stack.count - (marks.last ?? 0) >= count else { throw Self.damaged }
      let items = Array(stack[(stack.count - count)...])
      stack.removeLast(count)
      try push(tuple: items)
    case 0x74: try push(tuple: try popMark())
    case 0x61: try append([try pop()])
    case 0x65: try append(try popMark())
    case 0x73:
      let value = try pop()
      try set([try pop(), value])
    case 0x75: try set(try popMark())
    case 0x71: try memoize(try input.number(1))
    case 0x72: try memoize(try input.number(4))
    case 0x94: try memoize(memo.count)
    case 0x68: try recall(try input.number(1))
    case 0x6A: try recall(try input.number(4))
    case 0x63: try global(try input.line(limit: 256), try input.line(limit: 256))
    case 0x93: try stackGlobal()
    case 0x51: try persistent()
    case 0x52, 0x81: try call()  // REDUCE, NEWOBJ
    case 0x62: try build()
    default: throw try refusal(of: code)
    }
  }

  // MARK: The stack

  private mutating func mark() throws(UpscaleError) {
    guard marks.count < PickleContainers.depthLimit else { throw PickleContainers.tooDeep }
    marks.append(stack.count)
  }

  private mutating func pop() throws(UpscaleError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else { throw Self.damaged }
    return value
  }

  private mutating func popMark() throws(UpscaleError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw Self.damaged }
    let items = Array(stack[mark...])
    stack.removeLast(items.count)
    return items
  }

  private func top() throws(UpscaleError) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.last else { throw Self.damaged }
    return value
  }

  private mutating func memoize(_ index: Int) throws(UpscaleError) { memo[index] = try top() }

  private mutating func recall(_ index: Int) throws(UpscaleError) {
    guard let value = memo[index] else { throw Self.damaged }
    stack.append(value)
  }

  // MARK: Values

  private mutating func long(_ count: Int) throws(UpscaleError) {
    guard count <= Self.numberLimit else { throw Self.damaged }
    let bytes = try input.bytes(count)
    guard count <= 8 else { return stack.append(.other) }
    var value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if let last = bytes.last, last & 0x80 != 0, count < 8 { value |= ~0 << UInt64(8 * count) }
    stack.append(.integer(Int(Int64(bitPattern: value))))
  }

  private mutating func skip(_ count: Int) throws(UpscaleError) {
    try input.skip(count)
    stack.append(.other)
  }

  private mutating func text(_ count: Int) throws(UpscaleError) {
    guard count <= Self.textLimit else { return try skip(count) }
    guard let text = String(validating: try input.bytes(count), as: UTF8.self) else {
      // Strings of Python 2 may be in any encoding; no tensor has such a name.
      return stack.append(.other)
    }
    stack.append(.text(text))
  }

  private mutating func push(tuple items: [PickleValue]) throws(UpscaleError) {
    stack.append(try containers.makeTuple(items))
  }

  private mutating func push(list items: [PickleValue]) throws(UpscaleError) {
    stack.append(try containers.makeList(items))
  }

  private mutating func push(dictionary items: [String: PickleValue]) throws(UpscaleError) {
    stack.append(try containers.makeDictionary(items))
  }

  private mutating func append(_ items: [PickleValue]) throws(UpscaleError) {
    switch try top() {
    case .list(let number): try containers.append(items, toList: number)
    case .other: break
    default: throw Self.damaged
    }
  }

  /// Sets keys to values, one after the other.
  private mutating func set(_ items: [PickleValue]) throws(UpscaleError) {
    guard case .dictionary(let number) = try top() else { throw Self.damaged }
    try containers.set(items, inDictionary: number)
  }

  // MARK: Names and calls

  private mutating func global(_ module: [UInt8], _ name: [UInt8]) throws(UpscaleError) {
    stack.append(.global(try PickleGlobal(module: module, name: name)))
  }

  private mutating func stackGlobal() throws(UpscaleError) {
    guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
      throw Self.damaged
    }
    try global(Array(module.utf8), Array(name.utf8))
  }

  /// The refusal of an instruction that this machine does not have.
  private mutating func refusal(of code: UInt8) throws(UpscaleError) -> UpscaleError {
    switch code {
    case 0x69:  // INST
      do throws(UpscaleError) {
        _ = try PickleGlobal(module: try input.line(limit: 256), name: try input.line(limit: 256))
      } catch { return error }
      return UpscaleError(.badModel, "has a pickle that makes an object, which no weights need")
    case 0x6F, 0x92, 0x82, 0x83, 0x84, 0x50, 0x97, 0x98:
      let names: [UInt8: String] = [
        0x6F: "OBJ", 0x92: "NEWOBJ_EX", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x50: "PERSID",
        0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
      ]
      return UpscaleError(
        .badModel,
        "has a pickle with the instruction \(names[code] ?? ""), which no weights need; nothing in it "
          + "was executed")
    default:
      return UpscaleError(
        .badModel,
        "has a pickle with the instruction 0x\(String(code, radix: 16)), which no weights need")
    }
  }

  private mutating func call() throws(UpscaleError) {
    guard case .tuple(let number) = try pop() else { throw Self.damaged }
    let arguments = containers.tuples[number]
    guard case .global(let global) = try pop() else {
      throw UpscaleError(
        .badModel, "has a pickle that calls what is no function; nothing in it was executed")
    }
    switch global {
    case .orderedDictionary: try makeDictionary(arguments)
    case .rebuildTensor: try makeTensor(arguments)
    case .wrapTensor:
      guard let first = arguments.first, case .tensor = first else { throw Self.damaged }
      stack.append(first)
    case .maker: stack.append(.other)
    case .storage: throw Self.damaged
    }
  }

  /// `OrderedDict()`, or as Python 2 wrote it with a list of pairs.
  private mutating func makeDictionary(_ arguments: [PickleValue]) throws(UpscaleError) {
    try push(dictionary: [:])
    guard let first = arguments.first else { return }
    guard arguments.count == 1, case .list(let number) = first else { throw Self.damaged }
    for pair in containers.lists[number] {
      guard let items = containers.items(of: pair), items.count == 2 else { throw Self.damaged }
      try set(items)
    }
  }

  /// Sets attributes of the object below: all known ones (`_metadata`, hooks) say nothing about numbers.
  private mutating func build() throws(UpscaleError) {
    _ = try pop()
    switch try top() {
    case .dictionary, .tensor, .other: return
    default:
      throw UpscaleError(
        .badModel, "has a pickle that sets attributes of what has none; nothing in it was executed")
    }
  }

  // MARK: Tensors

  private func numbers(_ value: PickleValue) throws(UpscaleError) -> [Int] {
    guard let items = containers.items(of: value) else { throw Self.damaged }
    guard items.count <= Self.rankLimit else {
      throw UpscaleError(.badModel, "has a tensor of \(items.count) dimensions")
    }
    return try items.map { (item) throws(UpscaleError) in
      guard case .integer(let value) = item, value >= 0 else {
        throw UpscaleError(.badModel, "is damaged: a tensor has an impossible size")
      }
      return value
    }
  }

  private mutating func makeTensor(_ arguments: [PickleValue]) throws(UpscaleError) {
    guard (4...7).contains(arguments.count), case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1], offset >= 0
    else { throw Self.damaged }
    let (shape, strides) = (try numbers(arguments[2]), try numbers(arguments[3]))
    guard shape.count == strides.count else { throw Self.damaged }
    guard let end = Self.end(offset: offset, shape: shape, strides: strides),
      end <= storages[storage].view.count
    else {
      throw UpscaleError(
        .badModel, "is damaged: a tensor of shape \(shape) reaches beyond its storage")
    }
    tensors.append(PyTorchTensor(storage: storage, offset: offset, shape: shape, strides: strides))
    stack.append(.tensor(tensors.count - 1))
  }

  /// The element behind the last one that a tensor has; nil if there is no such number.
  private static func end(offset: Int, shape: [Int], strides: [Int]) -> Int? {
    if shape.contains(0) { return offset }
    // The number of elements must be one, too.
    var (end, count) = (offset, 1)
    for (extent, stride) in zip(shape, strides) {
      let (product, isCountTooLarge) = count.multipliedReportingOverflow(by: extent)
      let (way, isTooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflow) = end.addingReportingOverflow(way)
      guard !isCountTooLarge, !isTooFar, !overflow else { return nil }
      (count, end) = (product, sum)
    }
    let (behind, overflow) = end.addingReportingOverflow(1)
    return overflow || count > 1 << 40 ? nil : behind
  }

  /// `('storage', kind, key, location, count)`; in legacy files a view may follow: `None`, or
  /// `(key, offset, count)`.
  private mutating func persistent() throws(UpscaleError) {
    guard case .tuple(let number) = try pop() else { throw Self.damaged }
    let fields = containers.tuples[number]
    guard (5...6).contains(fields.count), case .text("storage") = fields[0],
      case .global(.storage(let elementType, let size)) = fields[1],
      case .text(let key) = fields[2],
      case .integer(let count) = fields[4], count >= 0, count <= 1 << 40
    else { throw Self.damaged }
    var view = 0..<count
    if fields.count == 6, case .tuple(let number) = fields[5] {
      let parts = containers.tuples[number]
      guard parts.count == 3, case .integer(let offset) = parts[1],
        case .integer(let length) = parts[2], offset >= 0, length >= 0, offset <= count,
        length <= count - offset
      else { throw Self.damaged }
      view = offset..<offset + length
    }
    let storage = PyTorchStorage(
      elementType: elementType, elementSize: size, key: key, count: count, view: view)
    if let known = storageNumbers[key] {
      var same = storages[known]
      same.view = view
      guard same == storage else {
        throw UpscaleError(.badModel, "is damaged: storage \(quoted(key)) is described in two ways")
      }
      if storages[known].view == view { return stack.append(.storage(known)) }
    }
    storages.append(storage)
    storageNumbers[key] = storages.count - 1
    stack.append(.storage(storages.count - 1))
  }
}
