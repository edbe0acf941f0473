/// A row of pointers for a kernel.
final class PointerTable<Pointer> {
  private let storage: UnsafeMutablePointer<Pointer>

  init(count: Int) { storage = .allocate(capacity: count) }
  deinit { storage.deallocate() }

  var pointer: UnsafePointer<Pointer> { UnsafePointer(storage) }

  subscript(index: Int) -> Pointer {
    get { storage[index] }
    set { (storage + index).initialize(to: newValue) }
  }
}
