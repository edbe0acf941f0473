import Glibc

/// Reads a whole input, from a file or a stream, up to a limit.
public enum InputFile {
  private static let chunk = 1 << 20

  /// Reads the file at `path`: a regular file, or what behaves like one to a reader (a FIFO, a
  /// process substitution, a character device).
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The most bytes that are accepted.
  ///   - isPlausible: Asked once about the first bytes of a stream; when it says no, the rest is
  ///     left unread (an endless device would otherwise be read to the limit for nothing).
  /// - Returns: All bytes, or the first ones of a stream that is not plausible.
  /// - Throws: `.noInput`, `.permission`, `.inputOutput`, or `.unusablePicture` for an input that
  ///   is empty or exceeds the limit.
  public static func read(
    path: String, limit: Int, isPlausible: ([UInt8]) -> Bool = { _ in true }
  ) throws(UpscaleError) -> [UInt8] {
    guard !path.isEmpty else { throw UpscaleError(.usage, "the name of the input is empty") }
    let path = BytePath(path)
    let name = "'\(path.text)'"
    let descriptor: Int32
    do throws(SystemFailure) {
      descriptor = try path.call(retrying: true) { open($0, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
    } catch {
      throw error.reading(name)
    }
    defer { close(descriptor) }
    return try read(descriptor, named: name, limit: limit, isPlausible: isPlausible)
  }

  /// Reads standard input to its end; see `read(path:limit:isPlausible:)`.
  public static func readStandardInput(
    limit: Int, isPlausible: ([UInt8]) -> Bool = { _ in true }
  ) throws(UpscaleError) -> [UInt8] {
    try read(STDIN_FILENO, named: "standard input", limit: limit, isPlausible: isPlausible)
  }

  /// Reads what a descriptor leads to, to its end; see `read(path:limit:isPlausible:)`.
  ///
  /// - Parameters:
  ///   - descriptor: open for reading; stays open.
  ///   - name: what to call it in a refusal.
  ///   - limit: The most bytes that are accepted.
  ///   - isPlausible: asked about the first bytes of a stream.
  /// - Returns: All bytes, or the first ones of a stream that is not plausible.
  /// - Throws: `.noInput`, `.inputOutput`, or `.unusablePicture`.
  package static func read(
    _ descriptor: Int32, named name: String, limit: Int,
    isPlausible: ([UInt8]) -> Bool = { _ in true }
  ) throws(UpscaleError) -> [UInt8] {
    var status = stat()
    do throws(SystemFailure) {
      try systemCall { fstat(descriptor, &status) }
    } catch {
      throw error.reading(name)
    }
    var bytes: [UInt8] = []
    let isStream: Bool
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      isStream = false
      guard status.st_size <= limit else { throw tooLarge(name, limit) }
      bytes.reserveCapacity(Int(status.st_size) + chunk)
    case S_IFDIR:
      throw SystemFailure(EISDIR).reading(name)
    case S_IFBLK:
      throw UpscaleError(.noInput, "\(name) is a disk, not a picture file")
    default:
      isStream = true
    }

    // One piece of the input at a time: a size that a file claims is not one to allocate by.
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
    defer { piece.deallocate() }
    var asked = !isStream
    while true {
      let count = Glibc.read(descriptor, piece.baseAddress, piece.count)
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EAGAIN {
          var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          _ = poll(&waiting, 1, -1)
          continue
        }
        throw SystemFailure(code).reading(name)
      }
      guard count > 0 else { break }
      bytes.append(contentsOf: piece[..<count])
      guard bytes.count <= limit else { throw tooLarge(name, limit) }
      if !asked, bytes.count >= 64 {
        asked = true
        guard isPlausible(bytes) else { return bytes }
      }
    }
    guard !bytes.isEmpty else {
      throw UpscaleError(.unusablePicture, "\(name) is empty")
    }
    return bytes
  }

  /// Opens a file of our own, which is none that one would wait for.
  static func openWithoutWaiting(_ path: String) throws(UpscaleError) -> Int32 {
    let path = BytePath(path)
    do throws(SystemFailure) {
      return try path.call(retrying: true) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    } catch {
      throw error.reading("'\(path.text)'")
    }
  }

  private static func tooLarge(_ name: String, _ limit: Int) -> UpscaleError {
    UpscaleError(
      .unusablePicture,
      "\(name) is larger than the limit of \(byteCountText(limit)); raise it with --max-file-size")
  }
}
