package import Glibc

extension stat {
  /// When the content changed last, in nanoseconds since 1970.
  package var modificationTime: Int {
    Int(st_mtim.tv_sec) &* 1_000_000_000 &+ Int(st_mtim.tv_nsec)
  }

  /// Which file it is, whatever its names.
  package var identity: FileIdentity {
    FileIdentity(device: UInt64(st_dev), inode: UInt64(st_ino))
  }

  package var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
  package var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
  package var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}

/// A file, whatever its names.
package struct FileIdentity: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64

  package init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}
