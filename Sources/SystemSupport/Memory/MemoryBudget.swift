/// What this process may hold in memory at its peak, everything included.
public struct MemoryBudget: Sendable, Equatable {
  /// Bytes that this process may hold.
  public let bytes: Int
  /// The limit that was asked for, where it is more than the machine has; `bytes` is less then.
  public let excessiveLimit: Int?
  /// Whether `bytes` are what may be taken, not what may be held.
  private let isShare: Bool

  /// Bytes that the plan does not count: threads' stacks, the allocator's own, parts of huge pages.
  static let margin = 8 << 20

  /// A budget for this process.
  ///
  /// - Parameter bytes: the limit that was asked for, which is lowered to what the machine has; nil for
  ///   what is held now and 70 % of what is free.
  public init(bytes: Int? = nil) {
    let held = Machine.residentMemory()
    if let bytes {
      self.init(limit: bytes, held: held, attainable: Machine.attainableMemory())
    } else {
      self.init(limit: .max, held: held, attainable: Machine.availableMemory() / 10 * 7, share: 1)
    }
  }

  /// A limit lowered to what the machine has: a process that uses more is killed by the kernel in the
  /// middle of the work.
  ///
  /// - Parameters:
  ///   - limit: bytes that were asked for.
  ///   - held: bytes that this process holds already.
  ///   - attainable: bytes that it could still take.
  ///   - share: the part of these that is planned with. A tenth is left to what the plan does not count:
  ///     page tables, the kernel's buffers, other processes' next requests.
  init(limit: Int, held: Int, attainable: Int, share: Double = 0.9) {
    let most = held + Int(Double(attainable) * share)
    bytes = min(limit, most)
    excessiveLimit = limit > most && limit < .max ? limit : nil
    isShare = false
  }

  /// A part of another budget, for one of several pieces of work that run at a time.
  ///
  /// - Parameter share: bytes that this piece may take, whatever the others hold.
  package init(share: Int) {
    bytes = share
    excessiveLimit = nil
    isShare = true
  }

  /// Bytes that may be taken beside those that are held now.
  public var free: Int {
    if isShare { return bytes }
    return min(bytes - Machine.residentMemory(), Machine.addressSpaceLeft()) - Self.margin
  }

  /// The most bytes that this process has held in memory so far.
  public static func measuredPeak() -> Int { Machine.peakResidentMemory() }

  /// Reads a size as people write it: "800M", "1.5G" (powers of 1000), "2GiB" (of 1024), or bytes.
  ///
  /// - Returns: bytes; nil for any other text.
  public static func parse(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
    guard let number = DecimalNumber.real(String(digits)), number > 0 else { return nil }
    let factors: [String: Double] = [
      "": 1, "b": 1, "k": 1e3, "kb": 1e3, "kib": 1024, "ki": 1024, "m": 1e6, "mb": 1e6,
      "mib": 1_048_576, "mi": 1_048_576, "g": 1e9, "gb": 1e9, "gib": 1_073_741_824,
      "gi": 1_073_741_824, "t": 1e12, "tb": 1e12, "tib": 1_099_511_627_776,
      "ti": 1_099_511_627_776,
    ]
    guard let factor = factors[text.dropFirst(digits.count).lowercased()],
      number * factor < 1e18
    else { return nil }
    return Int(number * factor)
  }
}
