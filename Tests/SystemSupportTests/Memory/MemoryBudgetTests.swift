import Testing

@testable import SystemSupport

/// Limits that are more than the machine has.
@Suite("Memory promises") struct MemoryBudgetTests {
  @Test("A limit that can be kept is taken as it is")
  func attainable() {
    let budget = MemoryBudget(limit: 800, held: 100, attainable: 1000)
    #expect(budget.bytes == 800)
    #expect(budget.excessiveLimit == nil)
  }

  @Test("A limit beyond what there is becomes nine tenths of it, and that is said")
  func excessive() {
    // 3 GB in a control group that leaves 900 MB.
    let budget = MemoryBudget(
      limit: 3_000_000_000, held: 20_000_000, attainable: 900_000_000)
    #expect(budget.bytes == 830_000_000)
    #expect(budget.excessiveLimit == 3_000_000_000)
    let none = MemoryBudget(limit: 1000, held: 10, attainable: 0)
    #expect(none.bytes == 10)
  }

  @Test("More is never worth less")
  func monotonic() {
    var last = 0
    for limit in stride(from: 0, through: 3000, by: 10) {
      let bytes = MemoryBudget(limit: limit, held: 100, attainable: 1000).bytes
      #expect(bytes >= last)
      last = bytes
    }
    #expect(last == 1000)
  }

  @Test("On this machine, too")
  func here() {
    let budget = MemoryBudget(bytes: 1 << 50)
    #expect(budget.bytes < 1 << 50)
    #expect(budget.excessiveLimit == 1 << 50)
    #expect(MemoryBudget().excessiveLimit == nil)
    #expect(MemoryBudget(share: 1 << 50).bytes == 1 << 50)
    #expect(Machine.attainableMemory() > 0)
  }
}
