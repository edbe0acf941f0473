import BotMode
import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// What a worker cannot do, even if a picture has taken it over.
@Suite("Worker: the sandbox", .serialized, .waiting, .timeLimit(.minutes(20)))
struct WorkerSandboxTests {
  @Test("The kernel says of a worker that it is locked in, whoever runs it")
  func walls() throws {
    let harness = try WorkerHarness()
    let hello = try harness.worker.start()
    for name in ["limits", "no-new-privileges", "no-capabilities"] {
      #expect(hello.sandbox.contains(name))
    }
    let status = try ProcessStatus(hello.pid)
    #expect(status["NoNewPrivs"] == "1")
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
      #expect(status[set] == "0000000000000000", "\(set)")
    }
    // A process without CAP_SETPCAP cannot clear this set, and cannot use it either.
    if geteuid() == 0 { #expect(status["CapBnd"] == "0000000000000000") }
    guard hello.sandbox.contains("seccomp") else {
      print("the kernel has no seccomp: only half a test")
      return
    }
    #expect(status["Seccomp"] == "2")
  }

  @Test("A worker that the kernel ends for a forbidden call is known by it")
  func forbidden() throws {
    let harness = try WorkerHarness(script: "kill -s SYS $$")
    let end = WorkerHarness.crash(harness.worker.start)
    #expect(end?.isByItsSandbox == true)
    let other = try WorkerHarness(script: "kill -s SEGV $$")
    #expect(WorkerHarness.crash(other.worker.start)?.isByItsSandbox == false)
  }

  @Test(
    "Files that only root's rights reach are refused in words",
    .enabled(if: geteuid() == 0, "only root has rights to give up"))
  func rootsFiles() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path("theirs"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      atPath: WorkerHarness.tinyModel, toPath: folder.path("theirs/model.safetensors"))
    try #require(chmod(folder.path("theirs"), 0o700) == 0)
    try #require(chown(folder.path("theirs"), 65534, 65534) == 0)
    let harness = try WorkerHarness(models: [folder.path("theirs/model.safetensors")])
    guard case .cannotStart(let error) = WorkerHarness.failure(harness.worker.start) else {
      Issue.record("it started")
      return
    }
    #expect(error.message.contains("gives up root's rights"))
    #expect(error.message.contains("theirs/model.safetensors"))
  }

  @Test("No files but the work folder's and the models'")
  func files() throws {
    let harness = try WorkerHarness()
    guard try harness.worker.start().sandbox.contains(where: { $0.hasPrefix("landlock") }) else {
      print("the kernel has no Landlock: no test")
      return
    }
    let other = try TemporaryFolder()
    let secret = try other.write([1, 2, 3], as: "secret")
    try harness.folder.write([1], as: "mine")
    try FileManager.default.createSymbolicLink(
      atPath: harness.folder.path("link"), withDestinationPath: secret)
    var probe = WorkerProbe()
    let (mine, link) = (harness.folder.path("mine"), harness.folder.path("link"))
    probe.reading = [
      mine, link, secret, "/etc/passwd", "/proc/self/statm", "/proc/meminfo", "/proc/1/cmdline",
      "/proc/\(getpid())/environ", "/proc/\(getpid())/cmdline", WorkerHarness.tinyModel,
    ]
    probe.writing = [
      harness.folder.path("new"), other.path("new"), link, "/proc/self/oom_score_adj",
      WorkerHarness.tinyModel,
    ]
    let results = try harness.worker.probe(probe)
    for path in [mine, "/proc/self/statm", "/proc/meminfo", WorkerHarness.tinyModel] {
      #expect(results["read \(path)"] == 0, "\(path)")
    }
    for path in probe.reading where results["read \(path)"] != 0 {
      #expect(results["read \(path)"] == EACCES, "\(path)")
    }
    #expect(probe.reading.filter { results["read \($0)"] == EACCES }.count == 6)
    #expect(results["write \(harness.folder.path("new"))"] == 0)
    for path in probe.writing.dropFirst() {
      #expect(results["write \(path)"] == EACCES, "\(path)")
    }
    #expect(try other.read("secret") == [1, 2, 3])
    #expect(other.names == ["secret"])
  }

  @Test("It can be off, and is when it is")
  func off() throws {
    let harness = try WorkerHarness { $0.sandbox = .off }
    #expect(try harness.worker.start().sandbox == [])
    var probe = WorkerProbe()
    probe.reading = ["/etc/passwd"]
    let results = try harness.worker.probe(probe)
    #expect(results["read /etc/passwd"] == 0)
    _ = try harness.worker.run(harness.task(.waves(width: 8, height: 8)))
  }

  @Test("It can be insisted on")
  func required() throws {
    let harness = try WorkerHarness { $0.sandbox = .required }
    switch WorkerHarness.failure(harness.worker.start) {
    case nil: #expect(harness.worker.hello?.sandbox.count == 5)
    case .cannotStart(let error): #expect(error.message.contains("no sandbox"))
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  @Test("Memory beyond what it may hold ends the worker, not the machine")
  func memory() throws {
    let harness = try WorkerHarness { $0.maxMemory = 100_000_000 }
    var probe = WorkerProbe()
    probe.allocating = 3_000_000_000
    let bomb = probe
    let end = try #require(
      WorkerHarness.crash { () throws(WorkerFailure) in try harness.worker.probe(bomb) })
    #expect(end.exitCode == MemoryExhaustion.exitCode)
    #expect(end.lastLines.contains { $0.contains("not enough memory") }, "\(end.lastLines)")
    #expect(!end.isShared)
    // The next worker is not affected.
    _ = try harness.worker.run(harness.task(.waves(width: 8, height: 8)))
  }

  @Test("Computing without end ends the worker")
  func processorTime() throws {
    let harness = try WorkerHarness()
    var probe = WorkerProbe()
    probe.spinning = true
    let spin = probe
    let end = WorkerHarness.crash { () throws(WorkerFailure) in try harness.worker.probe(spin) }
    #expect(end?.signal == SIGXCPU)
  }

  @Test("A worker sees no variable but those it needs, and no descriptor but its streams")
  func inheritance() throws {
    setenv("TELEGRAM_BOT_TOKEN", "12345:never-to-be-seen", 1)
    defer { unsetenv("TELEGRAM_BOT_TOKEN") }
    // Only the shell's builtins are used: for another program, the shell would open more descriptors.
    let harness = try WorkerHarness(
      script: """
        env >&2
        for file in /proc/$$/fd/*; do [ -e $file ] && echo ${file##*/} >&2; done
        exit 3
        """)
    let end = try #require(WorkerHarness.crash(harness.worker.start))
    #expect(end.exitCode == 3)
    #expect(end.lastLines.contains("SWIFT_BACKTRACE=enable=no"))
    #expect(!end.lastLines.contains { $0.contains("never-to-be-seen") || $0.hasPrefix("PATH=/") })
    #expect(end.lastLines.suffix(4).drop { Int($0) == nil } == ["0", "1", "2"])
  }
}
