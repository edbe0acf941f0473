/// A value of a pickle.
///
/// Lists, tuples and dictionaries are held by the machine and named by their numbers: then a value
/// that holds itself, or a million nested ones, is nothing that would have to be taken apart by
/// recursion.
enum PickleValue: Sendable {
  case none
  case boolean
  case integer(Int)
  case text(String)
  case global(PickleGlobal)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  case storage(Int)
  case tensor(Int)
  /// What stands beside weights and is never looked at: fractions, bytes, numpy's scalars, sizes.
  case other
}

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

/// A tensor, as the pickle describes it; lengths in elements.
struct PyTorchTensor: Sendable {
  /// Index into the machine's storages.
  let storage: Int
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}
