import FoundationEssentials
import Upscale

/// Encodes and decodes the lines between parent and worker.
enum WorkerWire {
  /// A line with its end.
  static func line(_ value: some Encodable) -> [UInt8] {
    // All values can be encoded; if one could not, an empty line would be sent, which does no harm.
    let data = (try? JSONEncoder().encode(value)) ?? Data()
    return [UInt8](data) + [UInt8(ascii: "\n")]
  }

  /// The value in a line; nil for a line of another form.
  static func read<Value: Decodable>(_ type: Value.Type, _ line: some Sequence<UInt8>) -> Value? {
    try? JSONDecoder().decode(type, from: Data(line))
  }

  /// The report in a worker's line. A hostile picture may have taken the worker over, so numbers are cut to
  /// bounds.
  static func report(_ line: some Sequence<UInt8>) -> WorkerReport? {
    BoundedJSON.decode(WorkerReport.self, line)
  }
}
