import Foundation
import Glibc

/// What a call brought along: text fields and uploaded files.
struct Parameters {
  var fields: [String: String] = [:]
  var uploads: [String: FakeBotAPI.StoredFile] = [:]
  /// What a client should not have done.
  var violations: [String] = []

  func text(_ name: String) -> String? { fields[name] }
  func integer(_ name: String) -> Int64? { fields[name].flatMap { Int64($0) } }
  func json(_ name: String) -> FakeBotAPI.JSON? { fields[name].flatMap { .init(text: $0) } }

  func isTrue(_ name: String) -> Bool {
    fields[name].map { ["true", "1", "yes", "t", "y"].contains($0.lowercased()) } ?? false
  }

  private mutating func set(_ name: String, _ value: String) {
    if fields.updateValue(value, forKey: name) != nil || uploads[name] != nil {
      violations.append("parameter '\(name)' is given twice")
    }
  }

  /// Adds `name=value&…`, percent-encoded.
  mutating func addForm(_ text: String) {
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let decoded = parts.map {
        $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
      }
      guard decoded.count == 2, let name = decoded[0], let value = decoded[1] else {
        violations.append("a form that is not percent-encoded UTF-8")
        continue
      }
      set(name, value)
    }
  }

  /// Adds the members of a JSON body.
  mutating func addJSON(_ bytes: [UInt8]) {
    guard case .object(let members)? = FakeBotAPI.JSON(bytes: bytes) else {
      violations.append("a body that is no JSON object")
      return
    }
    for (name, value) in members where value != .null { set(name, value.asString ?? value.text) }
  }

  /// Adds the parts of a multipart body; files go into `folder` as they come.
  mutating func addMultipart(
    _ body: RequestBody, boundary: String, uploads place: UploadFolder
  ) throws(Socket.Failure) {
    var reader = MultipartReader(body: body, boundary: boundary)
    while let part = try reader.nextPart() {
      guard let name = part.name else {
        violations.append("a part with no name")
        continue
      }
      guard let fileName = part.fileName else {
        var value: [UInt8] = []
        while let bytes = try reader.nextBytes() {
          value += bytes
          guard value.count <= 1 << 20 else { throw .malformed("a field longer than 1 MiB") }
        }
        guard let text = String(validating: value, as: UTF8.self) else {
          violations.append("parameter '\(name)' is no UTF-8")
          continue
        }
        set(name, text)
        continue
      }
      checkFileName(fileName)
      let file = try place.begin()
      while let bytes = try reader.nextBytes() { try file.append(bytes) }
      let stored = file.finish(name: fileName, type: part.type)
      if uploads.updateValue(stored, forKey: name) != nil || fields[name] != nil {
        violations.append("parameter '\(name)' is given twice")
      }
    }
  }

  private mutating func checkFileName(_ name: String) {
    if name.isEmpty { violations.append("an upload with an empty file name") }
    if name.utf8.count > 255 { violations.append("a file name of more than 255 bytes") }
    let isBad = name.unicodeScalars.contains { scalar in
      scalar.value < 0x20 || scalar.value == 0x7F || "/\\\"".unicodeScalars.contains(scalar)
    }
    if isBad { violations.append("a file name with a quote, a slash or a control character") }
  }
}

/// Where uploads are kept.
struct UploadFolder {
  let path: String
  let name: String

  /// A file that is being uploaded; it goes if it is not finished.
  final class Writing {
    private let path: String
    private let descriptor: Int32
    private var size = 0
    private var hash = Hash()
    private var isFinished = false

    init(path: String) throws(Socket.Failure) {
      self.path = path
      descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw .malformed("no room for an upload") }
    }

    deinit {
      close(descriptor)
      if !isFinished { unlink(path) }
    }

    func append(_ bytes: [UInt8]) throws(Socket.Failure) {
      hash.add(bytes)
      var written = 0
      while written < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
          Glibc.write(
            descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written)
        }
        guard count > 0 || errno == EINTR else { throw .malformed("no room for an upload") }
        written += max(count, 0)
      }
      size += bytes.count
    }

    func finish(name: String?, type: String?) -> FakeBotAPI.StoredFile {
      isFinished = true
      return FakeBotAPI.StoredFile(
        id: "", uniqueID: "", name: name, type: type, size: size, hash: hash.value, path: path)
    }
  }

  private static let count = Counter()

  func begin() throws(Socket.Failure) -> Writing {
    try Writing(path: "\(path)/\(name)-\(Self.count.next())")
  }
}

/// Gives each caller another number.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0

  func next() -> Int {
    lock.withLock {
      value += 1
      return value
    }
  }
}

/// FNV-1a of 64 bits.
struct Hash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }
}
