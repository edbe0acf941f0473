import Foundation

/// What is wrong with a file of weights.
public struct WeightError: Error, CustomStringConvertible {
  /// A sentence for people.
  public let description: String

  /// An error with a message.
  public init(_ description: String) {
    self.description = description
  }
}

/// A safetensors file: the length of a header (8 bytes, little-endian), the header in JSON, the numbers.
public struct Weights {
  private struct Entry {
    let type: String
    let shape: [Int]
    let bytes: Range<Int>
  }

  private let entries: [String: Entry]
  private let file: [UInt8]

  /// Reads a file whole.
  ///
  /// - Parameter path: a safetensors file of float16 or float32.
  /// - Throws: `WeightError` for another file, and what reading and JSON throw.
  public init(path: String) throws {
    file = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let headerEnd = 8 + file[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONSerialization.jsonObject(with: Data(file[8..<headerEnd]))
    var entries: [String: Entry] = [:]
    for (name, value) in header as? [String: Any] ?? [:] where name != "__metadata__" {
      guard let entry = value as? [String: Any], let type = entry["dtype"] as? String,
        let shape = entry["shape"] as? [Int], let place = entry["data_offsets"] as? [Int]
      else { throw WeightError("\(path) is no safetensors file") }
      entries[name] = Entry(
        type: type, shape: shape, bytes: headerEnd + place[0]..<headerEnd + place[1])
    }
    self.entries = entries
  }

  /// Whether there is a tensor of this name.
  public func has(_ name: String) -> Bool { entries[name] != nil }

  private func entry(_ name: String) throws -> Entry {
    guard let entry = entries[name] else { throw WeightError("there is no \(name)") }
    return entry
  }

  /// The sides of a tensor: `[output, input, 3, 3]` of a convolution.
  ///
  /// - Throws: `WeightError` where there is none.
  public func shape(_ name: String) throws -> [Int] { try entry(name).shape }

  /// The numbers of a tensor, the last axis first.
  ///
  /// - Throws: `WeightError` where there is none, or it holds other numbers than float16 and float32.
  public func numbers(_ name: String) throws -> [Float] {
    let entry = try entry(name)
    return try file[entry.bytes].withUnsafeBytes { bytes in
      switch entry.type {
      case "F32":
        stride(from: 0, to: bytes.count, by: 4).map {
          Float(
            bitPattern: UInt32(
              littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
        }
      case "F16":
        stride(from: 0, to: bytes.count, by: 2).map {
          Float(
            Float16(
              bitPattern: UInt16(
                littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self))))
        }
      default: throw WeightError("\(name) is of type \(entry.type)")
      }
    }
  }

  /// The convolution of a name: its `weight` and its `bias`.
  ///
  /// - Throws: `WeightError` where one of them is missing.
  public func convolution(_ name: String, _ input: Planes) throws -> Planes {
    input.convolved(
      weight: try numbers("\(name).weight"), bias: try numbers("\(name).bias"))
  }
}
