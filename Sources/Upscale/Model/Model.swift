/// A network's weights: what it is, and its tensors under their official names.
///
/// The tensors stay in the mapped file until `floats` is called. Loading has verified that every
/// tensor of the architecture is there with its shape and holds finite numbers, and that there is
/// no other.
public struct Model: Sendable {
  /// The catalogue's name, or the file's without its suffix.
  public let name: String
  public let architecture: Architecture
  /// Tensors by the names that Real-ESRGAN's PyTorch code gives them (`body.0.rdb1.conv1.weight`).
  package let tensors: [String: Tensor]
  /// Free-form strings of the file, `origin` for one.
  public let metadata: [String: String]

  /// A model of tensors in memory or in a mapped file, whatever family of names they have.
  ///
  /// - Throws: `.badModel`, naming the tensor that does not fit.
  package init(
    name: String, tensors: [String: Tensor], metadata: [String: String] = [:]
  ) throws(UpscaleError) {
    let canonical = Detection.canonical(tensors)
    architecture = try Detection.architecture(of: canonical)
    self.name = name
    self.tensors = canonical
    self.metadata = metadata
  }

  /// The number of trained numbers.
  public var parameterCount: Int { tensors.values.reduce(0) { $0 + $1.count } }

  /// The bytes of all tensors as they are stored.
  public var byteCount: Int { tensors.values.reduce(0) { $0 + $1.byteCount } }

  /// Bytes that the weights take once they are packed for computing, and while they are: plain
  /// floats, the file, and half as much again for small layers' lanes and the largest layer's copy.
  var packedByteCount: Int { byteCount + parameterCount * 4 + parameterCount * 2 }

  /// Lets go of the weights' pages of the file, when the network has its own form of them.
  func releasePages() {
    for tensor in tensors.values { tensor.file?.releasePages() }
  }

  /// The ways in which the numbers are stored, most bytes first.
  public var elementTypes: [TensorElementType] {
    let bytes = Dictionary(grouping: tensors.values, by: \.elementType)
      .mapValues { $0.reduce(0) { $0 + $1.byteCount } }
    return TensorElementType.allCases.filter { bytes[$0] != nil }
      .sorted { (bytes[$0] ?? 0) > (bytes[$1] ?? 0) }
  }

  /// The numbers of the tensor `name`, which the architecture must have.
  package func floats(_ name: String) -> [Float] {
    guard let tensor = tensors[name] else {
      preconditionFailure("\(architecture.name) has no tensor \(name)")
    }
    return tensor.floats()
  }

  /// Loads a `.safetensors` file, or an ncnn model by its `.param` (the `.bin` lies beside it).
  ///
  /// - Parameters:
  ///   - path: The file. Its content decides the format and the architecture, never its name.
  ///   - sha256: If given, the digest the file must have, in lower-case hexadecimal.
  /// - Returns: The model, named after the file.
  /// - Throws: `.badModel` for a missing, damaged or foreign file, `.permission`, `.inputOutput`.
  public static func load(path: String, sha256: String? = nil) throws(UpscaleError) -> Model {
    do throws(UpscaleError) {
      return try load(MappedFile(path: path), sha256: sha256, name: stem(path))
    } catch {
      throw error.prefixed(path)
    }
  }

  /// Loads a mapped file under a name. Errors do not name the file.
  static func load(
    _ file: MappedFile, sha256: String?, name: String
  ) throws(UpscaleError) -> Model {
    if let sha256 {
      let actual = file.withBytes(SHA256.hexDigest)
      guard actual == sha256 else {
        throw UpscaleError(
          .badModel,
          "is not the file the catalogue describes: its SHA-256 is \(actual), not \(sha256); "
            + "install it again")
      }
    }
    switch kind(of: file) {
    case .safeTensors:
      let content = try SafeTensors(file: file)
      return try Model(name: name, tensors: content.tensors, metadata: content.metadata)
    case .ncnnGraph:
      let weights = try ncnnWeights(for: file.path)
      return try Model(
        name: name, tensors: NCNNModel(graph: file, weights: weights).tensors)
    case .pyTorch:
      throw UpscaleError(
        .badModel, "is a PyTorch file; convert it to .safetensors, which upscale reads")
    }
  }

  private enum FileKind { case safeTensors, ncnnGraph, pyTorch }

  private static func kind(of file: MappedFile) -> FileKind {
    let start = file.copy(0..<min(file.count, NCNNModel.magic.utf8.count))
    if start == Array(NCNNModel.magic.utf8) { return .ncnnGraph }
    // A zip archive, or a pickle of protocol 2: nobody's header length is that large.
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) || start.starts(with: [0x80, 0x02, 0x8A]) {
      return .pyTorch
    }
    return .safeTensors
  }

  private static func ncnnWeights(for graph: String) throws(UpscaleError) -> MappedFile {
    let base = graph.hasSuffix(".param") ? String(graph.dropLast(".param".count)) : graph
    do throws(UpscaleError) {
      return try MappedFile(path: base + ".bin")
    } catch {
      throw error.prefixed("its weights \(base).bin")
    }
  }

  /// The last component of a path without its suffix.
  static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }
}
