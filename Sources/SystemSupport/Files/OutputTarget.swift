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
  let path: BytePath
  /// The folder that holds `path`.
  let directory: BytePath
  /// The mode and owner of a file that exists.
  let existing: FileStatus?
  /// Whether the name is taken.
  let exists: Bool

  /// - Parameters:
  ///   - path: where the output is to be.
  ///   - replacingLinks: a symbolic link of that name is replaced itself, not followed, and devices
  ///     and FIFOs are refused: for names that were not typed by a user.
  /// - Throws: `.cannotCreate` or `.permission` when no file can be made there.
  init(path: BytePath, replacingLinks: Bool = false) throws(UpscaleError) {
    guard !path.isEmpty else {
      throw UpscaleError(.usage, "the name of the output is empty")
    }
    let text = path.text
    var found: FileStatus?
    do throws(SystemFailure) {
      found = try path.examine(followingLinks: !replacingLinks)
    } catch {
      guard error.cause == .noSuchFile else { throw error.creating(text, in: path.folder.text) }
    }
    if let status = found {
      switch status.kind {
      case .regular:
        kind = .file
        existing = status
      case .symbolicLink:
        kind = .file
        // The link's own mode means nothing.
        existing = nil
      case .fifo where !replacingLinks, .characterDevice where !replacingLinks:
        kind = .stream
        existing = status
      case .folder:
        throw UpscaleError(
          .cannotCreate, "'\(text)' is a folder; name the file to write inside it")
      default:
        throw UpscaleError(
          .cannotCreate, "'\(text)' is not a regular file; choose another name")
      }
      self.path = kind == .file && !replacingLinks ? Self.resolved(path) : path
      exists = true
    } else {
      if path.status(followingLinks: false) != nil {
        throw UpscaleError(
          .cannotCreate,
          "'\(text)' is a symbolic link to a file that does not exist; remove the link first")
      }
      guard path.bytes.last != UInt8(ascii: "/") else {
        throw UpscaleError(.cannotCreate, "'\(text)' names a folder; name the file to write")
      }
      kind = .file
      self.path = path
      existing = nil
      exists = false
    }
    directory = self.path.folder
    guard kind == .file else { return }
    do throws(SystemFailure) {
      _ = try directory.examine()
    } catch {
      throw error.creating(text, in: directory.text)
    }
  }

  private static func resolved(_ path: BytePath) -> BytePath {
    guard let pointer = path.withCString({ realpath($0, nil) }) else { return path }
    defer { free(pointer) }
    return BytePath(cString: pointer)
  }
}
