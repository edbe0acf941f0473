public import SystemSupport

/// A network's weights: what it is, and its tensors under their official names.
///
/// The tensors stay in the file, which is kept open, until they are asked for. Loading has verified
/// that every tensor of the architecture is there with its shape and holds finite numbers, and that
/// there is no other.
public struct Model: Sendable {
  /// The catalogue's name, or the file's without its suffix.
  public let name: String
  /// The network that these weights belong to.
  public let architecture: Architecture
  /// Tensors by the names that Real-ESRGAN's PyTorch code gives them (`body.0.rdb1.conv1.weight`).
  package let tensors: [String: Tensor]
  /// What the file says it was converted from.
  public let origin: String?
  /// The file, for messages.
  private let path: String?

  /// A model of tensors in memory or in a file, whatever family of names they have.
  ///
  /// - Parameters:
  ///   - name: what to call it.
  ///   - tensors: all that the network has.
  ///   - origin: what the file says it was converted from.
  ///   - hints: what the file says beside the tensors.
  ///   - path: of the file, for messages.
  ///   - isTrusted: whether the search for numbers that are not finite is left out. It reads every number,
  ///     which takes as long as everything else.
  /// - Throws: `.badModel`, naming the tensor that does not fit.
  package init(
    name: String, tensors: [String: Tensor], origin: String? = nil,
    hints: ModelHints = ModelHints(), path: String? = nil, isTrusted: Bool = false
  ) throws(UpscaleError) {
    let canonical = try TrainingBranches.folded(Detection.canonical(tensors))
    architecture = try Detection.architecture(
      of: canonical, hints: hints, isTrusted: isTrusted)
    self.name = name
    self.tensors = canonical
    self.origin = origin
    self.path = path
    try Self.checkAreUnchanged(tensors)
  }

  /// A model like another one, of other numbers.
  ///
  /// - Parameters:
  ///   - tensors: the same names and shapes as `model` has.
  ///   - model: which other one.
  ///   - name: what to call it.
  ///   - models: whose files the numbers are read from, for messages.
  init(replacing tensors: [String: Tensor], of model: Model, name: String, readFrom models: [Model])
  {
    self.name = name
    self.tensors = tensors
    architecture = model.architecture
    origin = model.origin
    let paths = models.compactMap(\.path)
    path = paths.isEmpty ? nil : paths.joined(separator: " or ")
  }

  private static func checkAreUnchanged(_ tensors: [String: Tensor]) throws(UpscaleError) {
    for file in tensors.values.first?.files ?? [] { try file.checkIsUnchanged() }
  }

  /// The number of trained numbers.
  public var parameterCount: Int { tensors.values.reduce(0) { $0 + $1.count } }

  /// The bytes of all tensors as they are stored.
  public var byteCount: Int { tensors.values.reduce(0) { $0 + $1.byteCount } }

  /// Bytes that packing the weights takes: the packed weights, and memory for reading them.
  public var packedByteCount: Int {
    ConvolutionPacker.byteCount(for: architecture)
      + (tensors.values.map(\.readingByteCount).max() ?? 0)
  }

  /// Refuses a file that was written to since it was opened.
  ///
  /// - Throws: `.badModel`.
  func checkIsUnchanged() throws(UpscaleError) {
    try reading { () throws(UpscaleError) in
      try Self.checkAreUnchanged(tensors)
    }
  }

  /// The ways in which the numbers are stored, most bytes first.
  public var elementTypes: [TensorElementType] {
    let bytes = Dictionary(grouping: tensors.values, by: \.elementType)
      .mapValues { $0.reduce(0) { $0 + $1.byteCount } }
    return TensorElementType.allCases.filter { bytes[$0] != nil }
      .sorted { (bytes[$0] ?? 0) > (bytes[$1] ?? 0) }
  }

  /// The numbers of the tensor `name`, which the architecture must have: for small tensors.
  ///
  /// - Throws: when the file cannot be read, or has become shorter.
  package func floats(_ name: String) throws(UpscaleError) -> [Float] {
    let tensor = tensor(name)
    return try reading { () throws(UpscaleError) in try tensor.floats() }
  }

  /// Writes the numbers of the tensor `name`, which the architecture must have, to `target`.
  ///
  /// - Throws: as `floats`.
  func write(_ name: String, to target: UnsafeMutablePointer<Float>) throws(UpscaleError) {
    let tensor = tensor(name)
    try reading { () throws(UpscaleError) in try tensor.write(to: target) }
  }

  /// How many numbers the tensor `name` has, which the architecture must have.
  func count(of name: String) -> Int { tensor(name).count }

  /// The SHA-256 of the weights themselves, whatever file and format they are in: of names, shapes and
  /// numbers, which are rounded to float16, so that a copy in that precision has the same.
  ///
  /// - Returns: 64 lower-case hexadecimal digits.
  /// - Throws: when the file cannot be read, or has become shorter.
  public func digestOfWeights() throws(UpscaleError) -> String {
    var failure: UpscaleError?
    let digest = SHA256.digest { feed in
      do throws(UpscaleError) {
        try reading { () throws(UpscaleError) in
          // A SPAN of another mean is another network.
          let settings = ModelHints.metadata(for: architecture).sorted { $0.key < $1.key }
          Array("\(settings)\n".utf8).withUnsafeBytes { feed($0) }
          for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            Array("\(name) \(tensor.shape)\n".utf8).withUnsafeBytes { feed($0) }
            try tensor.halved.forEachPiece { feed($0) }
          }
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return SHA256.hexadecimal(digest)
  }

  private func tensor(_ name: String) -> Tensor {
    guard let tensor = tensors[name] else {
      preconditionFailure("\(architecture.name) has no tensor \(name)")
    }
    return tensor
  }

  /// Names the file in what `body` throws.
  private func reading<Result>(
    _ body: () throws(UpscaleError) -> Result
  ) throws(UpscaleError) -> Result {
    do throws(UpscaleError) {
      return try body()
    } catch {
      throw path.map(error.prefixed) ?? error
    }
  }

  /// Loads a `.safetensors` file, a `.pth`, `.pt` or `.ckpt` of PyTorch, or an ncnn model by its `.param`
  /// (the `.bin` lies beside it).
  ///
  /// - Parameters:
  ///   - path: The file. Its content decides the format and the architecture, never its name.
  ///   - sha256: If given, the digest the file must have, in lower-case hexadecimal.
  /// - Returns: The model, named after the file.
  /// - Throws: `.badModel` for a missing, damaged or foreign file, `.permission`, `.inputOutput`,
  ///   `.memory` without memory.
  public static func load(path: String, sha256: String? = nil) throws(UpscaleError) -> Model {
    try load(path: path, hints: ModelHints(), sha256: sha256)
  }

  /// As the public one, with hints that count where the file gives none.
  static func load(
    path: String, hints: ModelHints, sha256: String? = nil
  ) throws(UpscaleError) -> Model {
    do throws(UpscaleError) {
      return try load(WeightFile(path: path), hints: hints, sha256: sha256, name: stem(path))
    } catch {
      throw error.prefixed(path)
    }
  }

  /// What a weight file says it is, for lists: its numbers are not looked at, and it need not be fit for
  /// computing.
  ///
  /// - Throws: as `load`, without the path.
  static func examine(path: String) throws(UpscaleError) -> Model {
    try load(WeightFile(path: path), sha256: nil, name: stem(path), isTrusted: true)
  }

  /// Loads a file under a name. Errors do not name the file.
  ///
  /// - Parameters:
  ///   - file: what is read.
  ///   - hints: count where the file gives none.
  ///   - sha256: the digest that the file must have, if given.
  ///   - name: what to call the model.
  ///   - isTrusted: whether the numbers need not be looked at.
  /// - Returns: the model.
  /// - Throws: as the public one.
  static func load(
    _ file: WeightFile, hints: ModelHints = ModelHints(), sha256: String?, name: String,
    isTrusted: Bool = false
  ) throws(UpscaleError) -> Model {
    if let sha256 {
      let actual = try file.hexDigest()
      guard actual == sha256 else {
        throw UpscaleError(
          .badModel,
          "is not the file the catalogue describes: its SHA-256 is \(actual), not \(sha256); "
            + "install it again")
      }
    }
    switch try kind(of: file) {
    case .safeTensors:
      let content = try SafeTensors(file: file)
      return try Model(
        name: name, tensors: content.tensors, origin: content.origin,
        hints: content.hints.or(hints), path: file.path,
        // The digest shows that this is the file that was checked when it was added to the catalogue; the
        // tests check the bundled ones.
        isTrusted: isTrusted || sha256 != nil)
    case .ncnnGraph:
      let graph = try NCNNGraph(file: file)
      let weights = try ncnnWeights(for: file.path)
      let content = try graph.content(of: weights)
      let model = try Model(
        name: name, tensors: content.tensors, hints: content.hints, path: weights.path,
        isTrusted: isTrusted)
      try graph.check(against: model.architecture)
      return model
    case .pyTorchArchive:
      return try Model(
        name: name, tensors: PyTorchFile(archive: file, isTrusted: isTrusted).tensors, hints: hints,
        path: file.path, isTrusted: isTrusted)
    case .pickle:
      return try Model(
        name: name, tensors: PyTorchFile(legacy: file).tensors, hints: hints, path: file.path,
        isTrusted: isTrusted)
    }
  }

  private enum FileKind { case safeTensors, ncnnGraph, pyTorchArchive, pickle }

  private static func kind(of file: WeightFile) throws(UpscaleError) -> FileKind {
    let start = try file.copy(0..<min(file.count, 16))
    if start.starts(with: NCNNGraph.magic.utf8) { return .ncnnGraph }
    // Read as the length of a safetensors header, these bytes would be far above its limit.
    if start.starts(with: ZipArchive.magic) { return .pyTorchArchive }
    if PyTorchFile.isPickle(start) { return .pickle }
    return .safeTensors
  }

  private static func ncnnWeights(for graph: String) throws(UpscaleError) -> WeightFile {
    let path = ModelReference.ncnnWeights(of: graph)
    do throws(UpscaleError) {
      return try WeightFile(path: path)
    } catch {
      throw error.prefixed("its weights \(path)")
    }
  }

  /// The last component of a path without its suffix.
  static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }
}
