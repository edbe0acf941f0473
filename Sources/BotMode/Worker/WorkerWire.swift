import FoundationEssentials
import Upscale

/// Lines of JSON.
enum WorkerWire {
  /// A line with its end.
  static func line(_ value: some Encodable) -> [UInt8] {
    // No value here holds what JSON cannot say; a line of its own that nobody reads is no harm.
    let data = (try? JSONEncoder().encode(value)) ?? Data()
    return [UInt8](data) + [UInt8(ascii: "\n")]
  }

  /// What a line says; nil for one that says nothing of the kind.
  static func read<Value: Decodable>(_ type: Value.Type, _ line: some Sequence<UInt8>) -> Value? {
    try? JSONDecoder().decode(type, from: Data(line))
  }

  /// What a worker's line says, whom a hostile picture may have taken over; its numbers are within
  /// bounds.
  static func report(_ line: some Sequence<UInt8>) -> WorkerReport? {
    BoundedJSON.decode(WorkerReport.self, line)
  }
}
