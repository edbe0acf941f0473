import CPlatform

/// Ends the process in order when memory runs out where no code can handle it: Swift's runtime ends a
/// process that gets no memory for an object or an array.
///
/// Large blocks are allocated by `AlignedBuffer` and `ByteBuffer`, which throw, or are planned; this type
/// is for all other allocations.
///
/// For executables only, as `StopSignals`.
public enum MemoryExhaustion {
  /// What a process needs to read its arguments and to refuse something.
  private static let leastBytes = 3 << 20
  /// The stack size of new threads. The system's default is the limit on the main thread's stack, which
  /// may be 16 KiB or gigabytes.
  private static let stackBytes = 2 << 20

  /// The exit code of a process that ends so.
  public static let exitCode: Int32 = 75

  /// The reason, to follow the name of what was worked on.
  public static let reason =
    "not enough memory: the system gives this process no more; free some, or raise its limits "
    + "(ulimit -v, ulimit -d)"

  /// From now on a lack of memory ends the process with one sentence and exit code 75, and removes its
  /// temporary files. Where there is too little memory even to start, the process ends at once.
  ///
  /// - Parameter asJSON: whether the sentence is written as a JSON object, for programs.
  public static func install(asJSON: Bool = false) {
    cp_memory_widen_stack(8 << 20)
    cp_memory_set_thread_stacks(stackBytes)
    cp_memory_spare_address_space()
    cp_exhaustion_set_line(
      asJSON
        ? "{\"event\":\"error\",\"exit_code\":75,\"message\":\"\(reason)\"}" : "upscale: \(reason)")
    if cp_exhaustion_install(leastBytes) == 0 { cp_exhaustion_end() }
  }

  /// Sets the line that is written when memory runs out.
  ///
  /// - Parameter line: what to write to standard error.
  public static func prepare(line: String) { cp_exhaustion_set_line(line) }

  /// Refuses a block of memory that is more than limits leave to this process, before it is asked
  /// for: for arrays, which cannot fail otherwise.
  ///
  /// - Parameters:
  ///   - bytes: of the block.
  ///   - purpose: "the picture": what it is for.
  /// - Throws: `.memory`.
  package static func require(_ bytes: Int, for purpose: String) throws(UpscaleError) {
    let left = Machine.addressSpaceLeft()
    guard bytes > left - (1 << 20) else { return }
    let (needs, may) = byteCountTexts(bytes, of: max(0, left))
    throw UpscaleError(
      .memory(.init(.other, needed: bytes, available: left)),
      "not enough memory: \(purpose) needs \(needs) and \(may) may be "
        + "used; raise the limits of this process (ulimit -v, ulimit -d)")
  }
}
