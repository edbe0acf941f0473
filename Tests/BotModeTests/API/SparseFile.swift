import Foundation
import Glibc
import TestSupport

/// A file that takes no room: all zeros.
struct SparseFile {
  let folder: TemporaryFolder
  let path: String

  init(byteCount: Int) throws {
    folder = try TemporaryFolder()
    path = try folder.write([], as: "file")
    guard truncate(path, off_t(byteCount)) == 0 else { throw POSIXError(.EIO) }
  }
}
