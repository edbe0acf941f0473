import FoundationEssentials
import Upscale

/// What the parent sends, one JSON object a line; `WorkerStart` comes first.
enum WorkerCommand: Codable, Sendable, Equatable {
  /// To be answered at once, whatever else is under way.
  case examine(id: Int, path: String)
  /// To be done after what came before.
  case task(id: Int, WorkerTask)
  /// To be done after what came before.
  case probe(id: Int, WorkerProbe)
  case cancel(id: Int)
  case quit
}

/// What the worker answers, one JSON object a line; `hello` comes first, or a refusal with the number
/// 0 and then its end.
enum WorkerReport: Codable, Sendable, Equatable {
  case hello(WorkerHello)
  case examined(id: Int, PictureExamination)
  case event(id: Int, WorkerEvent)
  /// With the seconds that a million pixels took, where the picture was large enough to tell.
  case done(id: Int, WorkerResult, pace: Double?)
  case probed(id: Int, [String: Int32])
  case refused(id: Int, WorkerRefusal)

  /// The request that is answered; 0 for none.
  var id: Int {
    switch self {
    case .hello: 0
    case .examined(let id, _), .event(let id, _), .probed(let id, _), .refused(let id, _): id
    case .done(let id, _, _): id
    }
  }
}

/// Trials of what a worker may do: for tests, and for people who ask whether the sandbox is on.
package struct WorkerProbe: Codable, Sendable, Equatable {
  /// Files to open for reading.
  package var reading: [String] = []
  /// Files to make.
  package var writing: [String] = []
  /// Bytes of memory to take and to touch.
  package var allocating = 0
  /// Seconds to say nothing and to hear nothing.
  package var silence = 0.0
  /// Whether to compute until the kernel thinks that it is enough: a second.
  package var spinning = false

  package init() {}
}

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

/// Cuts what comes in into lines.
struct LineSplitter {
  /// Bytes of the longest line that is kept; longer ones are passed over.
  private let limit: Int
  private var pending: [UInt8] = []
  private var isSkipping = false

  init(limit: Int) { self.limit = limit }

  /// The lines that are complete with `bytes`, without their ends.
  mutating func add(_ bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for part in bytes.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() {
      if part.offset > 0 {
        if !isSkipping { lines.append(pending) }
        pending = []
        isSkipping = false
      }
      guard !isSkipping else { continue }
      guard pending.count + part.element.count <= limit else {
        pending = []
        isSkipping = true
        continue
      }
      pending.append(contentsOf: part.element)
    }
    return lines
  }

  /// What came after the last line's end.
  var rest: [UInt8] { pending }
}
