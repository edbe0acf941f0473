/// The complete list of what the pickle of a weight file may name. Names are compared as text; nothing is
/// looked up, imported or called.
enum PickleGlobal: Sendable, Hashable {
  /// `collections.OrderedDict`.
  case orderedDictionary
  /// Makes a tensor of storage, offset, size and strides; later arguments do not affect its numbers.
  case rebuildTensor
  /// Wraps the tensor that is its first argument.
  case wrapTensor
  /// A kind of storage: the type of its elements (nil for integers), and their bytes.
  case storage(TensorElementType?, size: Int)
  /// Makes an object that is not used.
  case maker

  private static let known: [String: PickleGlobal] = [
    "collections.OrderedDict": .orderedDictionary,
    "torch._utils._rebuild_tensor": .rebuildTensor,
    "torch._utils._rebuild_tensor_v2": .rebuildTensor,
    "torch._utils._rebuild_parameter": .wrapTensor,
    "torch.nn.parameter.Parameter": .wrapTensor,
    "torch.FloatStorage": .storage(.float32, size: 4),
    "torch.HalfStorage": .storage(.float16, size: 2),
    "torch.BFloat16Storage": .storage(.bfloat16, size: 2),
    "torch.DoubleStorage": .storage(.float64, size: 8),
    "torch.LongStorage": .storage(nil, size: 8),
    "torch.IntStorage": .storage(nil, size: 4),
    "torch.ShortStorage": .storage(nil, size: 2),
    "torch.CharStorage": .storage(nil, size: 1),
    "torch.ByteStorage": .storage(nil, size: 1),
    "torch.BoolStorage": .storage(nil, size: 1),
    "torch.storage.UntypedStorage": .storage(nil, size: 1),
    "torch.Size": .maker,
    "torch.device": .maker,
    "numpy.dtype": .maker,
    "numpy.core.multiarray.scalar": .maker,
    "numpy._core.multiarray.scalar": .maker,
    "_codecs.encode": .maker,
  ]

  /// - Throws: `.badModel` with the name, if it is not in the list.
  init(module: [UInt8], name: [UInt8]) throws(UpscaleError) {
    let text = String(decoding: module + [0x2E] + name, as: UTF8.self)
    // Letters that look like others, or are equal to them in Unicode's view, are not ASCII.
    guard (module + name).allSatisfy({ $0 < 0x80 }), let global = Self.known[text] else {
      throw UpscaleError(
        .badModel,
        "wants Python's \(quoted(text)), which no weights need; nothing in it was executed")
    }
    self = global
  }
}
