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
