import Glibc

/// What the system says of a file at the moment of the call.
package struct FileStatus: Sendable {
  package enum Kind: Sendable {
    case regular
    case folder
    case symbolicLink
    case fifo
    case socket
    case characterDevice
    case blockDevice
    case other
  }

  package let kind: Kind
  /// In bytes; 0 for what has no size, such as files of the kernel.
  package let size: Int
  /// When the content changed last, in nanoseconds since 1970.
  package let modificationTime: Int
  package let identity: FileIdentity
  /// Who may do what: the lower twelve bits of the mode.
  package let permissions: UInt32
  let owner: uid_t
  let group: gid_t

  init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFLNK: .symbolicLink
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      default: .other
      }
    size = Int(status.st_size)
    modificationTime =
      Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
    identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    permissions = status.st_mode & 0o7777
    owner = status.st_uid
    group = status.st_gid
  }

  package var isRegular: Bool { kind == .regular }
  package var isFolder: Bool { kind == .folder }
  package var isLink: Bool { kind == .symbolicLink }
}
