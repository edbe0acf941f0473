import Foundation
import Glibc
import SystemSupport
import TestSupport
import Testing

@Suite("Reading inputs")
struct InputFileTests {
  /// What a pipe gives that holds `bytes` and is closed.
  private static func readPipe(
    _ bytes: [UInt8], limit: Int = 1 << 30, memory: Int = .max,
    isPlausible: @escaping ([UInt8]) -> Bool = { _ in true }
  ) throws -> [UInt8] {
    let pipe = Pipe()
    let writer = pipe.fileHandleForWriting
    let thread = Thread {
      signal(SIGPIPE, SIG_IGN)
      // In pieces of odd sizes, as they come from a network.
      for start in stride(from: 0, to: bytes.count, by: 77_777) {
        try? writer.write(contentsOf: bytes[start..<min(bytes.count, start + 77_777)])
      }
      try? writer.close()
    }
    thread.start()
    return try InputFile.read(
      pipe.fileHandleForReading.fileDescriptor, named: "the pipe", limit: limit, memory: memory,
      isPlausible: isPlausible)
  }

  private static func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
  }

  @Test(
    "A stream is read whole, however long it is",
    arguments: [1, 63, 64, 65, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_333_333])
  func stream(count: Int) throws {
    let bytes = Self.bytes(count)
    #expect(try Self.readPipe(bytes) == bytes)
  }

  @Test("What is larger than the memory is refused, files before they are read")
  func memory() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.bytes(100_000), as: "file")
    for attempt in [
      { try InputFile.read(path: path, limit: 1 << 20, memory: 99_999) },
      { try Self.readPipe(Self.bytes(2_000_000), memory: 1_500_000) },
    ] {
      let error = #expect(throws: UpscaleError.self) { try attempt() }
      guard case .memory(let shortage) = error?.cause else {
        Issue.record("the cause is \(String(describing: error?.cause))")
        continue
      }
      #expect(shortage.purpose == .input)
      #expect((shortage.needed ?? 0) > (shortage.available ?? .max))
      #expect(error?.message.contains("not enough memory") == true)
    }
    #expect(try InputFile.read(path: path, limit: 1 << 20, memory: 100_000).count == 100_000)
  }

  @Test("Of a stream that is not plausible only the start is read")
  func implausible() throws {
    let start = try Self.readPipe(Self.bytes(5_000_000), isPlausible: { _ in false })
    #expect(start.count >= 64 && start.count <= 1 << 20)
    #expect(start == Array(Self.bytes(5_000_000).prefix(start.count)))
  }

  @Test("Files of the kernel, which tell no size, are read")
  func kernelFile() throws {
    let path = "/proc/self/stat"
    guard access(path, R_OK) == 0 else { return }
    #expect(try InputFile.read(path: path, limit: 4096).contains(UInt8(ascii: ")")))
  }
}
