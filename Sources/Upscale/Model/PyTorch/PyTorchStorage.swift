/// A piece of memory that tensors lie in, as the pickle describes it.
struct PyTorchStorage: Sendable, Hashable {
  /// nil for integers.
  let elementType: TensorElementType?
  /// Bytes of an element.
  let elementSize: Int
  /// Its name among the file's storages.
  let key: String
  /// Elements of all of it.
  let count: Int
  /// The part that is meant, in elements: a legacy file may have views of storages.
  var view: Range<Int>
}
