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
  ///   - memory: The most bytes that may be held, below `limit`.
  ///   - isPlausible: Asked once about the first bytes of a stream; when it says no, the rest is
  ///     left unread (an endless device would otherwise be read to the limit for nothing).
  /// - Returns: All bytes, or the first ones of a stream that is not plausible.
  /// - Throws: `.noInput`, `.permission`, `.inputOutput`, `.empty`, `.limit` for an input that exceeds
  ///   the limit, or `.memory` for one that exceeds the memory.
  public static func read(
    path: String, limit: Int, memory: Int = .max, isPlausible: ([UInt8]) -> Bool = { _ in true }
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
    return try read(
      descriptor, named: name, limit: limit, memory: memory, isPlausible: isPlausible)
  }

  /// Reads standard input to its end.
  ///
  /// - Parameters:
  ///   - limit: The most bytes that are accepted.
  ///   - memory: The most bytes that may be held, below `limit`.
  ///   - isPlausible: Asked once about the first bytes; when it says no, the rest is left unread.
  /// - Returns: All bytes, or the first ones of a stream that is not plausible.
  /// - Throws: as `read(path:limit:memory:isPlausible:)`.
  public static func readStandardInput(
    limit: Int, memory: Int = .max, isPlausible: ([UInt8]) -> Bool = { _ in true }
  ) throws(UpscaleError) -> [UInt8] {
    try read(
      STDIN_FILENO, named: "standard input", limit: limit, memory: memory, isPlausible: isPlausible)
  }

  /// Reads the file or stream of a descriptor to its end; see `read(path:limit:memory:isPlausible:)`.
  ///
  /// - Parameters:
  ///   - descriptor: open for reading; stays open.
  ///   - name: what to call it in a refusal.
  ///   - limit: The most bytes that are accepted.
  ///   - memory: The most bytes that may be held.
  ///   - isPlausible: asked about the first bytes of a stream.
  /// - Returns: All bytes, or the first ones of a stream that is not plausible.
  /// - Throws: `.noInput`, `.inputOutput`, `.empty`, `.limit`, or `.memory`.
  package static func read(
    _ descriptor: Int32, named name: String, limit: Int, memory: Int = .max,
    isPlausible: ([UInt8]) -> Bool = { _ in true }
  ) throws(UpscaleError) -> [UInt8] {
    let status: FileStatus
    do throws(SystemFailure) {
      status = try FileStatus(of: descriptor)
    } catch {
      throw error.reading(name)
    }
    switch status.kind {
    case .regular:
      guard status.size <= limit else { throw tooLarge(name, limit) }
      guard status.size <= memory else { throw tooMuch(name, status.size, memory) }
      // Files of the kernel have no size: they are read as streams.
      if status.size > 0 {
        let bytes = try readFile(descriptor, named: name, size: status.size)
        guard !bytes.isEmpty else { throw empty(name) }
        return bytes
      }
    case .folder:
      throw SystemFailure.isFolder.reading(name)
    case .blockDevice:
      throw UpscaleError(.noInput, "\(name) is a disk, not a picture file")
    default: break
    }
    return try readStream(
      descriptor, named: name, limit: limit, memory: memory, isPlausible: isPlausible)
  }

  /// Reads a file of a known size; bytes that are appended meanwhile are not read.
  ///
  /// - Parameters:
  ///   - descriptor: open for reading; stays open.
  ///   - name: what to call it in a refusal.
  ///   - size: the most bytes to read.
  /// - Returns: what is there.
  /// - Throws: `.inputOutput` or `.memory`.
  package static func readFile(
    _ descriptor: Int32, named name: String, size: Int
  ) throws(UpscaleError) -> [UInt8] {
    try MemoryExhaustion.require(size, for: name)
    var failure: SystemFailure?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        do throws(SystemFailure) {
          let got = try Self.readSome(descriptor, into: rest)
          guard got > 0 else { break }
          count += got
        } catch {
          failure = error
          break
        }
      }
    }
    if let failure { throw failure.reading(name) }
    return bytes
  }

  /// Opens a file that this program has made, without waiting as for a FIFO.
  package static func openWithoutWaiting(_ path: String) throws(UpscaleError) -> OpenFile {
    let path = BytePath(path)
    do throws(SystemFailure) {
      return try OpenFile(path, [.reading, .withoutWaiting])
    } catch {
      throw error.reading("'\(path.text)'")
    }
  }

  /// The same of a file.
  package static func read(
    _ file: OpenFile, named name: String, limit: Int
  ) throws(UpscaleError) -> [UInt8] {
    try file.withDescriptor { (descriptor) throws(UpscaleError) in
      try read(descriptor, named: name, limit: limit)
    }
  }

  /// The same of a file.
  package static func readFile(
    _ file: OpenFile, named name: String, size: Int
  ) throws(UpscaleError) -> [UInt8] {
    try file.withDescriptor { (descriptor) throws(UpscaleError) in
      try readFile(descriptor, named: name, size: size)
    }
  }

  private static func readStream(
    _ descriptor: Int32, named name: String, limit: Int, memory: Int,
    isPlausible: ([UInt8]) -> Bool
  ) throws(UpscaleError) -> [UInt8] {
    var stream = StreamBytes()
    let piece = try ByteBuffer(count: chunk, for: "the input")
    var head: [UInt8]? = []
    while true {
      let count: Int
      do throws(SystemFailure) {
        count = try readSome(descriptor, into: piece.bytes)
      } catch {
        throw error.reading(name)
      }
      guard count > 0 else { break }
      let part = UnsafeRawBufferPointer(rebasing: piece.bytes[..<count])
      if let start = head, start.count + count >= 64 {
        let first = start + part.prefix(1 << 16)
        guard isPlausible(first) else { return first }
        head = nil
      } else {
        head?.append(contentsOf: part)
      }
      try stream.append(part)
      guard stream.count <= limit else { throw tooLarge(name, limit) }
      guard stream.count <= memory else { throw tooMuch(name, stream.count, memory) }
    }
    guard stream.count > 0 else { throw empty(name) }
    return try stream.joined()
  }

  /// Reads the bytes that are available; goes on after interruptions, and waits where there are none yet.
  ///
  /// - Returns: how many bytes; 0 at the end.
  private static func readSome(
    _ descriptor: Int32, into target: UnsafeMutableRawBufferPointer
  ) throws(SystemFailure) -> Int {
    while true {
      do throws(SystemFailure) {
        return try systemCall(retrying: true) {
          Glibc.read(descriptor, target.baseAddress, target.count)
        }
      } catch {
        guard error.cause == .wouldBlock else { throw error }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&waiting, 1, -1)
      }
    }
  }

  private static func empty(_ name: String) -> UpscaleError {
    UpscaleError(.empty, "\(name) is empty")
  }

  private static func tooMuch(_ name: String, _ bytes: Int, _ memory: Int) -> UpscaleError {
    UpscaleError(
      .memory(.init(.input, needed: bytes, available: memory)),
      "not enough memory: \(name) has \(byteCountText(bytes)) or more, which are held while it is "
        + "read, and \(byteCountText(max(0, memory))) may be used")
  }

  /// The refusal of a file that is larger than it may be.
  ///
  /// - Parameters:
  ///   - name: what to call it.
  ///   - limit: bytes that are allowed.
  ///   - size: bytes that it has, as far as that is known.
  /// - Returns: a refusal with the cause `.limit`.
  package static func tooLarge(_ name: String, _ limit: Int, size: Int? = nil) -> UpscaleError {
    UpscaleError(
      .limit(.init(.fileBytes, allowed: limit, actual: size)),
      "\(name) is larger than the limit of \(byteCountText(limit)); make it smaller or raise the limit"
    )
  }
}
