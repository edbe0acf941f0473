import Glibc

/// The names in a folder, in the system's order, read as they are asked for.
package struct FolderListing: ~Copyable {
  private let stream: OpaquePointer

  /// - Throws: why the folder cannot be read.
  package init(_ folder: BytePath) throws(SystemFailure) {
    // Opened by a descriptor first, whose failure has a code of its own.
    let descriptor = try folder.call(retrying: true) {
      open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    guard let stream = fdopendir(descriptor) else {
      let failure = SystemFailure(errno)
      close(descriptor)
      throw failure
    }
    self.stream = stream
  }

  deinit { closedir(stream) }

  /// The next name, without the folder itself and the one above; nil at the end.
  ///
  /// - Throws: why the rest cannot be read.
  package mutating func next() throws(SystemFailure) -> [UInt8]? {
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        let code = errno
        guard code == 0 else { throw SystemFailure(code) }
        return nil
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        Array(bytes.prefix { $0 != 0 })
      }
      if name != [0x2E], name != [0x2E, 0x2E] { return name }
    }
  }
}
