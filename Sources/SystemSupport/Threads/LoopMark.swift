import Glibc

/// Records for each thread whether it is within an item of a `ThreadPool`'s loop, of any pool.
enum LoopMark {
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key, nil)
    precondition(status == 0, "the system has a thousand keys, and this is one of a few")
    return key
  }()

  static var isSet: Bool { pthread_getspecific(key) != nil }

  static func set(_ isSet: Bool) {
    // Any pointer: a key's value is nil until it is set.
    pthread_setspecific(key, UnsafeRawPointer(bitPattern: isSet ? 1 : 0))
  }
}
