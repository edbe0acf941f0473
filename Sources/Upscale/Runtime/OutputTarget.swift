import Glibc

/// Where an output path leads, once links are followed.
struct OutputTarget {
  enum Kind {
    /// A regular file, or a name that does not exist yet: replaced by rename.
    case file
    /// A FIFO or a character device (`/dev/stdout`, `/dev/null`, `>(…)`): written straight.
    case stream
  }

  let kind: Kind
  /// The path with a final symbolic link followed.
  let path: String
  /// The folder that holds `path`.
  let directory: String
  /// The mode and owner of a file that exists.
  let existing: stat?

  var exists: Bool { existing != nil }

  /// - Throws: `.cannotCreate` or `.permission` when no file can be made there.
  init(path: String) throws(UpscaleError) {
    guard !path.isEmpty else {
      throw UpscaleError(.usage, "the name of the output is empty")
    }
    var status = stat()
    if stat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG:
        kind = .file
      case S_IFIFO, S_IFCHR:
        kind = .stream
      case S_IFDIR:
        throw UpscaleError(
          .cannotCreate, "'\(path)' is a folder; name the file to write inside it")
      default:
        throw UpscaleError(
          .cannotCreate, "'\(path)' is not a regular file; choose another name")
      }
      self.path = kind == .file ? Self.resolved(path) : path
      existing = status
    } else {
      let code = errno
      guard code == ENOENT else {
        throw SystemFailure(code).creating(path, in: Self.folder(of: path))
      }
      if lstat(path, &status) == 0 {
        throw UpscaleError(
          .cannotCreate,
          "'\(path)' is a symbolic link to a file that does not exist; remove the link first")
      }
      guard !path.hasSuffix("/") else {
        throw UpscaleError(.cannotCreate, "'\(path)' names a folder; name the file to write")
      }
      kind = .file
      self.path = path
      existing = nil
    }
    directory = Self.folder(of: self.path)
    if kind == .file, stat(directory, &status) != 0 {
      throw SystemFailure(errno).creating(path, in: directory)
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let pointer = realpath(path, nil) else { return path }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// The folder part of a path: "." for a bare name.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
