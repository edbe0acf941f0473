import Glibc

/// An errno value, and the refusal that it means to a user.
package struct SystemFailure: Error, Equatable {
  /// The system's number, for reports only; decisions are made by the cause.
  package let code: Int32

  /// - Parameter code: an errno value, as C gives it.
  package init(_ code: Int32) { self.code = code }

  /// What the number means, in as many cases as callers treat differently.
  package enum Cause: Sendable {
    case noSuchFile
    case exists
    case notFolder
    case isFolder
    case symbolicLink
    case denied
    case notPermitted
    case unsupported
    case tooManyLinks
    case diskFull
    case noMemory
    case tooManyOpenFiles
    case interrupted
    case wouldBlock
    case broken
    case noSuchProcess
    case other
  }

  package var cause: Cause {
    switch code {
    case ENOENT: .noSuchFile
    case EEXIST: .exists
    case ENOTDIR: .notFolder
    case EISDIR: .isFolder
    case ELOOP: .symbolicLink
    case EACCES: .denied
    case EPERM: .notPermitted
    case EOPNOTSUPP, ENOSYS: .unsupported
    case EMLINK: .tooManyLinks
    case ENOSPC: .diskFull
    case ENOMEM: .noMemory
    case EMFILE, ENFILE: .tooManyOpenFiles
    case EINTR: .interrupted
    case EAGAIN: .wouldBlock
    case EIO: .broken
    case ESRCH: .noSuchProcess
    default: .other
    }
  }

  /// The resource that the system lacks; nil for any other failure.
  package var scarcity: UpscaleError.Cause? {
    switch code {
    case ENOMEM: .memory()
    case EMFILE, ENFILE: .tooManyOpenFiles
    case EAGAIN: .noThread
    default: nil
    }
  }

  package static let noSuchFile = SystemFailure(ENOENT)
  package static let exists = SystemFailure(EEXIST)
  package static let notFolder = SystemFailure(ENOTDIR)
  package static let isFolder = SystemFailure(EISDIR)
  package static let diskFull = SystemFailure(ENOSPC)
  package static let broken = SystemFailure(EIO)

  /// The system's own words.
  package var reason: String { String(cString: strerror(code)) }

  /// Why `path` cannot be created in `directory`; both as messages have them.
  package func creating(_ path: String, in directory: String) -> UpscaleError {
    switch code {
    case ENOENT:
      UpscaleError(
        .cannotCreate,
        "cannot create '\(path)': output folder '\(directory)' does not exist; create it first")
    case ENOTDIR:
      UpscaleError(
        .cannotCreate,
        "cannot create '\(path)': '\(directory)' is not a folder; choose another one")
    case EACCES, EPERM:
      UpscaleError(
        .permission,
        "cannot create '\(path)': no permission to write into folder '\(directory)'; choose another "
          + "one or change its permissions")
    case EROFS:
      UpscaleError(
        .cannotCreate,
        "cannot create '\(path)': folder '\(directory)' is on a read-only file system; choose another "
          + "one")
    case ENAMETOOLONG:
      UpscaleError(
        .cannotCreate,
        "cannot create '\(shortened(path))': the name is too long; choose a shorter one")
    case ELOOP:
      UpscaleError(
        .cannotCreate,
        "cannot create '\(path)': its symbolic links go in a circle; choose another name")
    case ENOSPC, EDQUOT, EIO, ENOMEM:
      writing("'\(path)'")
    case EMFILE, ENFILE: lack("cannot create '\(path)'")
    default:
      UpscaleError(.cannotCreate, "cannot create '\(path)': \(reason)")
    }
  }

  /// Why the bytes of `name` (quoted already) could not be written.
  package func writing(_ name: String) -> UpscaleError {
    switch code {
    case ENOSPC: UpscaleError(.diskFull, "cannot write \(name): the disk is full")
    case EDQUOT: UpscaleError(.quotaExceeded, "cannot write \(name): the disk quota is used up")
    case EFBIG:
      UpscaleError(
        .inputOutput, "cannot write \(name): it exceeds the limit on file sizes (ulimit -f)")
    case EPIPE:
      UpscaleError(.inputOutput, "cannot write \(name): the reader closed it before the end")
    case EBADF: UpscaleError(.inputOutput, "cannot write \(name): it is closed")
    case EACCES, EPERM: UpscaleError(.permission, "cannot write \(name): permission denied")
    case ENOMEM: lack("cannot write \(name)")
    default: UpscaleError(.inputOutput, "cannot write \(name): \(reason)")
    }
  }

  /// The refusal where a resource is short, which another time or other limits may have.
  private func lack(_ failure: String) -> UpscaleError {
    code == ENOMEM
      ? UpscaleError(
        .memory(),
        "\(failure): there is not enough memory; free some or raise the limits (ulimit -v)")
      : UpscaleError(
        .tooManyOpenFiles, "\(failure): too many files are open; raise the limit (ulimit -n)")
  }

  /// Why `name` (quoted already) could not be read.
  package func reading(_ name: String) -> UpscaleError {
    switch code {
    case ENOENT: UpscaleError(.noInput, "\(name) does not exist")
    case ENOTDIR:
      UpscaleError(.noInput, "\(name) does not exist: a part of its path is not a folder")
    case EACCES, EPERM: UpscaleError(.permission, "\(name) cannot be read: permission denied")
    case EISDIR: UpscaleError(.noInput, "\(name) is a folder; name a file")
    case ENXIO: UpscaleError(.noInput, "\(name) is a socket or a device without content")
    case EBADF: UpscaleError(.inputOutput, "\(name) cannot be read: it is closed")
    case ENAMETOOLONG:
      UpscaleError(.noInput, "\(shortened(name)) does not exist: its name is too long")
    case ELOOP: UpscaleError(.noInput, "\(name) does not exist: its symbolic links go in a circle")
    case ENOMEM, EMFILE, ENFILE: lack("\(name) cannot be read")
    default: UpscaleError(.inputOutput, "\(name) cannot be read: \(reason)")
    }
  }

  /// A name that is too long for the system is too long for a sentence.
  private func shortened(_ name: String) -> String {
    name.count <= 60 ? name : "\(name.prefix(40))…\(name.suffix(16))"
  }

  /// Adds how much room there is to a failure that may be a full disk.
  static func explainingSpace(
    _ error: UpscaleError, directory: BytePath, written: Int
  ) -> UpscaleError {
    var status = statvfs()
    guard error.cause == .diskFull,
      directory.withCString({ statvfs($0, &status) }) == 0
    else { return error }
    let free = Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    return UpscaleError(
      error.cause,
      "\(error.message) (\(byteCountText(written)) were written, \(byteCountText(free)) are free)"
        + "; make room or choose another folder")
  }
}
