extension FakeBotAPI {
  /// Something that goes wrong with some calls.
  public struct Fault: Sendable {
    public enum Kind: Sendable, Equatable {
      // Refusals: the call has no effect.
      case status(Int, String = "")
      case tooManyRequests(retryAfter: Int)
      case badRequest(String)
      case unauthorized
      case forbidden
      case conflict
      /// 502 with a page of HTML.
      case htmlBadGateway
      case redirect(to: String)
      // The connection ends: what the client sees is the same, the effect is not.
      case resetBeforeBody
      case resetAfterBody
      case resetAfterEffect
      // The call has its effect, and its answer is bad.
      case slowBody(bytesPerSecond: Int)
      case truncatedJSON
      case garbledJSON
      /// JSON of that many nested arrays.
      case deepJSON(Int)
      /// The connection is reset in the middle of the answer's body.
      case resetInBody
      /// The connection is closed before the announced length.
      case shortBody
      // Time.
      /// The answer waits; without effect if the client goes away meanwhile.
      case hang(seconds: Double)
      /// The effect comes at once, the answer late.
      case hangAfterEffect(seconds: Double)
      /// The request is read slowly.
      case slowUpload(bytesPerSecond: Int)
    }

    /// The method it happens to, "file" for downloads, "*" for all.
    public var method: String
    public var kind: Kind
    /// How many calls it happens to.
    public var times: Int
    /// How many calls of the method go well before.
    public var skipping: Int

    public init(method: String, kind: Kind, times: Int = 1, skipping: Int = 0) {
      self.method = method
      self.kind = kind
      self.times = times
      self.skipping = skipping
    }
  }

  /// Faults by chance; which call meets which depends on the seed and on the order of the calls of
  /// its method only.
  struct RandomFaults {
    var rate: Double
    var seed: UInt64
    private var counts: [String: UInt64] = [:]

    init(rate: Double, seed: UInt64) {
      self.rate = rate
      self.seed = seed
    }

    mutating func next(for method: String) -> Fault.Kind? {
      let count = counts[method, default: 0]
      counts[method] = count + 1
      var name = Hash()
      name.add(method.utf8)
      let chance = Self.mix(seed ^ name.value ^ (count &* 0x9E37_79B9_7F4A_7C15))
      guard Double(chance >> 11) * 0x1p-53 < rate else { return nil }
      let kinds: [Fault.Kind] =
        method == "file"
        ? [.status(500), .htmlBadGateway, .resetBeforeBody, .resetInBody, .shortBody]
        : [
          .tooManyRequests(retryAfter: 1), .status(500), .htmlBadGateway, .resetBeforeBody,
          .resetAfterEffect, .truncatedJSON,
        ]
      return kinds[Int(Self.mix(chance) % UInt64(kinds.count))]
    }

    /// The finaliser of SplitMix64.
    private static func mix(_ value: UInt64) -> UInt64 {
      var z = value &+ 0x9E37_79B9_7F4A_7C15
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
