import Glibc

/// Operations on a file by its name alone.
extension BytePath {
  /// What the system says of the file.
  ///
  /// - Parameter followingLinks: of what a link leads to, not of the link.
  /// - Returns: its status.
  /// - Throws: why there is none.
  package func examine(followingLinks: Bool = true) throws(SystemFailure) -> FileStatus {
    var status = stat()
    try call { followingLinks ? stat($0, &status) : lstat($0, &status) }
    return FileStatus(status)
  }

  /// What the system says of the file; nil when there is none, or it cannot be told.
  package func status(followingLinks: Bool = true) -> FileStatus? {
    try? examine(followingLinks: followingLinks)
  }

  /// What a process wants to do with a file.
  package struct Access: OptionSet, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let reading = Access(rawValue: R_OK)
    package static let writing = Access(rawValue: W_OK)
    /// Running a file; going through a folder.
    package static let entering = Access(rawValue: X_OK)
  }

  /// Asks whether this process may do something with the file.
  ///
  /// - Throws: why not.
  package func checkAccess(_ access: Access) throws(SystemFailure) {
    try call { faccessat(AT_FDCWD, $0, access.rawValue, AT_EACCESS) }
  }

  /// Removes the name of a file.
  ///
  /// - Returns: whether this call has removed it.
  @discardableResult
  package func remove() -> Bool { withCString { unlink($0) } == 0 }

  /// Removes a folder that is empty; leaves any other.
  package func removeFolder() { _ = withCString { rmdir($0) } }

  /// Makes a folder.
  ///
  /// - Parameter permissions: as far as the process's mask lets them be.
  /// - Throws: why there is none now, `.exists` where there was one.
  package func makeFolder(permissions: UInt32 = 0o777) throws(SystemFailure) {
    try call { mkdir($0, mode_t(permissions)) }
  }

  /// Gives the file another name beside this one.
  package func makeLink(named other: BytePath) throws(SystemFailure) {
    try call { own in other.withCString { link(own, $0) } }
  }

  package func setPermissions(_ permissions: UInt32) throws(SystemFailure) {
    try call { chmod($0, mode_t(permissions)) }
  }

  /// Sets the time of modification to now, if it can be.
  package func touch() { _ = withCString { utimensat(AT_FDCWD, $0, nil, 0) } }

  /// What a symbolic link says, up to 255 bytes; nil for anything else.
  package func linkContent() -> [UInt8]? {
    var content = [CChar](repeating: 0, count: 255)
    let count = withCString { readlink($0, &content, content.count) }
    return count > 0 ? content.prefix(count).map { UInt8(bitPattern: $0) } : nil
  }
}
