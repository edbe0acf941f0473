import Foundation
import TestSupport
import Testing

/// Every way out of the worker's sandbox, tried by a program of its own (Tests/SandboxProbe).
@Suite("Worker: ways out of the sandbox", .timeLimit(.minutes(5))) struct SandboxProbeTests {
  private static let result = try? ProcessRunner.run(BuiltProgram.sandboxProbe, ["--table"])
  private static let hasSandbox = result?.exitCode != 69

  /// A line of the table.
  private struct Row {
    let name: String
    let without: String
    let asRoot: String
    let asUser: String
  }

  private static func rows() throws -> [Row] {
    try #require(result).outputText.split(separator: "\n").compactMap { line in
      let cells = line.replacing("\\|", with: "¦").split(
        separator: "|", omittingEmptySubsequences: false
      ).map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 8, cells[2].hasPrefix("`") else { return nil }
      return Row(
        name: cells[2].replacing("`", with: "").replacing("¦", with: "|"), without: cells[3],
        asRoot: cells[4], asUser: cells[5])
    }
  }

  /// What is allowed; Documentation/Sandbox.md says why.
  private static let allowed: Set<String> = [
    // Queries of paths.
    "stat(file)", "access(file)", "readlink(link)", "statfs(folder)", "open(file, O_PATH)",
    // The worker's work.
    "open(model, O_RDONLY)", "flock(model)", "open(inside, O_RDWR)",
    "open(new inside, O_CREAT | O_EXCL)", "rename inside", "unlink inside", "fsync inside",
    "pthread_create", "prctl(PR_SET_NAME)", "setrlimit(RLIMIT_CPU)",
    "arch_prctl(ARCH_GET_XCOMP_PERM)",
    // Itself.
    "kill(itself)", "tgkill(itself)",
    // Queries of the machine.
    "sched_getaffinity(PARENT)", "getrandom", "clock_gettime", "sysinfo", "uname",
  ]

  @Test("All are shut but a few", .enabled(if: hasSandbox, "the kernel has no sandbox"))
  func ways() throws {
    let result = try #require(Self.result)
    #expect(result.exitCode == 0, "\(result.outputText) \(result.standardError)")
    let rows = try Self.rows()
    #expect(rows.count > 200)
    for row in rows {
      let expected = Self.allowed.contains(row.name) ? "allowed" : "denied"
      #expect(row.asUser.hasPrefix(expected) || row.asUser == "not tried", "\(row)")
      // There is no limit on root's threads.
      guard row.name != "thousands of threads" else { continue }
      #expect(row.asRoot.hasPrefix(expected) || row.asRoot == "not tried", "\(row)")
    }
  }

  @Test(
    "A try that goes nowhere anyway proves nothing: without walls, most get through",
    .enabled(if: hasSandbox, "the kernel has no sandbox"))
  func worth() throws {
    let rows = try Self.rows()
    let open = rows.filter { $0.without == "allowed" }
    // Kernels differ in what they have, and some calls are root's.
    #expect(open.count > rows.count / 2)
    #expect(rows.filter { $0.without.hasPrefix("?") }.isEmpty)
    // These were found open at first. All but setting the host's name need no special rights.
    for name in [
      "chmod(file)", "chown(file)", "prlimit(PARENT, RLIMIT_CPU)", "shmat(SHM_EXEC)",
      "sched_setscheduler(PARENT)", "memfd_create", "msgget",
    ] {
      #expect(open.contains { $0.name == name }, "\(name)")
    }
  }
}
