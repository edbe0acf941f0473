import Synchronization
import SystemSupport

/// Rows of pixels that neighbouring bands of a wavefront hand each other, with the flags that say
/// how far each has been handed over.
///
/// An edge is one band's first or last row. For each edge there is one row for each group of
/// channels and each panel of columns, written by the band and read by its neighbour.
///
/// `@unchecked Sendable`: a row is written before its flag is raised and read after, and written
/// again only when the neighbour has gone past it.
final class EdgeExchange: @unchecked Sendable {
  private let groups: Int
  private let panels: Int
  private let blocks: Int
  private let rowFloats: Int
  private let rows: AlignedBuffer
  private let flags: UnsafeMutablePointer<Atomic<Int>>
  private let flagCount: Int

  /// Atomics in a cache line.
  private static let flagStride = 8

  /// Groups are numbered from 1 to `groups`; the last one's rows are not kept here (they are in a
  /// map), only its flags.
  init(
    edges: Int, groups: Int, panels: Int, blocks: Int, rowFloats: Int
  ) throws(UpscaleError) {
    self.groups = groups
    self.panels = panels
    self.blocks = blocks
    self.rowFloats = rowFloats
    rows = try AlignedBuffer(count: edges * panels * (groups - 1) * blocks * rowFloats)
    flagCount = edges * groups * Self.flagStride
    flags = .allocate(capacity: flagCount)
    for index in 0..<flagCount { (flags + index).initialize(to: Atomic(0)) }
  }

  deinit {
    flags.deinitialize(count: flagCount)
    flags.deallocate()
  }

  /// One block of 16 channels of an edge's row.
  func row(edge: Int, group: Int, panel: Int, block: Int) -> UnsafeMutablePointer<Float> {
    let index = ((edge * panels + panel) * (groups - 1) + group - 1) * blocks + block
    return rows.pointer + index * rowFloats
  }

  /// Says that a group's row at this edge is there, for everyone who waits for `epoch` or less.
  func raise(edge: Int, group: Int, to epoch: Int) {
    flag(edge: edge, group: group).pointee.store(epoch, ordering: .releasing)
  }

  /// Returns when the row is there.
  ///
  /// - Returns: the seconds that took, where it was not there yet.
  func wait(edge: Int, group: Int, for epoch: Int) -> Double {
    let flag = flag(edge: edge, group: group)
    if flag.pointee.load(ordering: .acquiring) >= epoch { return 0 }
    let start = monotonicSeconds()
    var spins = 0
    while flag.pointee.load(ordering: .acquiring) < epoch {
      spins += 1
      // The neighbour is at most a row away, unless another process has its core.
      if spins > 1000 { yieldProcessor() }
    }
    return monotonicSeconds() - start
  }

  private func flag(edge: Int, group: Int) -> UnsafeMutablePointer<Atomic<Int>> {
    flags + (edge * groups + group - 1) * Self.flagStride
  }
}
