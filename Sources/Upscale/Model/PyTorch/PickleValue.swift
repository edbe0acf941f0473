/// A value of a pickle.
///
/// Lists, tuples and dictionaries are held by the machine and referred to by their numbers. So a value
/// that contains itself, or a million nested ones, needs no recursion when it is freed.
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
  /// Values that are never used: fractions, bytes, numpy's scalars, sizes.
  case other
}
