import BotMode
import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// How workers start, die and are replaced.
@Suite("Worker: life and death", .serialized, .waiting, .timeLimit(.minutes(20)))
struct WorkerLifeTests {
  /// A model that is slow, and quickly loaded.
  private static let model = "realesrgan-x4plus-anime"

  /// A task that takes so long that the test does not wait for its end.
  private static func endless(_ harness: WorkerHarness) throws -> WorkerTask {
    let bytes = (0..<800 * 600 * 3).map { UInt8(truncatingIfNeeded: $0 / 7) }
    return try harness.task(
      Picture(width: 800, height: 600, layout: .rgb, bytes: bytes), model: model)
  }

  @Test("A task that runs is stopped when its user no longer wants it")
  func cancel() throws {
    let harness = try WorkerHarness(models: [Self.model])
    var hasBegun = false
    let task = try Self.endless(harness)
    let failure = WorkerHarness.failure { () throws(WorkerFailure) in
      try harness.worker.run(task) { _ in
        hasBegun = true
      } isCancelled: {
        hasBegun
      }
    }
    #expect(failure == .cancelled)
    #expect(harness.folder.names.filter { $0.contains("result") }.isEmpty)
    _ = try harness.worker.run(
      harness.task(.waves(width: 6, height: 6), model: Self.model))
  }

  @Test("Headers are examined while a task runs")
  func examineMeanwhile() throws {
    let harness = try WorkerHarness(models: [Self.model])
    let task = try Self.endless(harness)
    let photo = try harness.folder.write(
      [UInt8](Data(contentsOf: URL(filePath: WorkerHarness.photo))), as: "photo")
    var width: Int?
    let failure = WorkerHarness.failure { () throws(WorkerFailure) in
      try harness.worker.run(task) { _ in
        // Within the task, as another thread would.
        if width == nil { width = (try? harness.worker.examine(photo))?.width ?? 0 }
      } isCancelled: {
        width != nil
      }
    }
    #expect(width == 160)
    #expect(failure == .cancelled)
  }

  @Test("A worker that dies under a task is told of, and another one serves the next")
  func crash() throws {
    let harness = try WorkerHarness(models: [Self.model])
    let task = try Self.endless(harness)
    let pid = try harness.worker.start().pid
    let end = WorkerHarness.crash { () throws(WorkerFailure) in
      try harness.worker.run(task) { _ in kill(pid, SIGSEGV) }
    }
    #expect(end?.signal == SIGSEGV)
    #expect(end?.isShared == false)
    _ = try harness.worker.run(
      harness.task(.waves(width: 6, height: 6), model: Self.model))
    #expect(harness.worker.hello?.pid != pid)
  }

  @Test("After a worker was killed, as the kernel does for want of memory, the next has half of it")
  func outOfMemory() throws {
    let harness = try WorkerHarness(models: [Self.model])
    let task = try Self.endless(harness)
    let before = try harness.worker.start()
    let memory = try #require(before.memory)
    #expect(memory > 0 && memory <= 800_000_000)
    for _ in 0..<2 {
      let pid = try harness.worker.start().pid
      let end = WorkerHarness.crash { () throws(WorkerFailure) in
        try harness.worker.run(task) { _ in kill(pid, SIGKILL) }
      }
      #expect(end?.signal == SIGKILL)
      #expect(end?.isOutOfMemory == true)
      // Half of what the first one had, also after several crashes.
      #expect(try harness.worker.start().memory == memory / 2)
    }
    // After a pause, the next worker gets all memory again.
    #expect(harness.worker.retireIfIdle(after: 0))
    #expect(try harness.worker.start().memory ?? 0 > memory / 2)
  }

  @Test("A worker that dies of something else, or by our own hand, has not run out of memory")
  func otherEnds() throws {
    let harness = try WorkerHarness(models: [Self.model])
    let task = try Self.endless(harness)
    let first = try harness.worker.start()
    let end = WorkerHarness.crash { () throws(WorkerFailure) in
      try harness.worker.run(task) { _ in kill(first.pid, SIGABRT) }
    }
    #expect(end?.isOutOfMemory == false)
    var patience = WorkerProcess.Patience()
    patience.silence = 0.2
    let silent = try WorkerHarness(
      script: #"""
        echo '{"hello":{"_0":{"version":"0","pid":1,"sandbox":[],"models":[],"memory":1000}}}'
        exec sleep 60
        """#, patience: patience)
    let work = try silent.task([0])
    guard
      case .hung(let hung)? = WorkerHarness.failure({ () throws(WorkerFailure) in
        try silent.worker.run(work)
      })
    else {
      Issue.record("it did not hang")
      return
    }
    #expect(hung.signal == SIGKILL)
    #expect(!hung.isOutOfMemory)
  }

  @Test("A terminal's or a service manager's signals are not for the worker")
  func signals() throws {
    let harness = try WorkerHarness()
    let pid = try harness.worker.start().pid
    for signal in [SIGINT, SIGTERM, SIGHUP] { kill(pid, signal) }
    _ = try harness.worker.run(harness.task(.waves(width: 8, height: 8)))
    #expect(harness.worker.hello?.pid == pid)
  }

  @Test("An idle worker is let go of, and comes back when it is needed")
  func retire() throws {
    let harness = try WorkerHarness()
    let first = try harness.worker.start()
    #expect(!harness.worker.retireIfIdle(after: 3600))
    #expect(kill(first.pid, 0) == 0)
    #expect(harness.worker.retireIfIdle(after: 0))
    #expect(kill(first.pid, 0) != 0)
    #expect(harness.worker.retireIfIdle(after: 0), "there is none any more")
    let second = try harness.worker.start()
    #expect(second.pid != first.pid)
    #expect(second.models == first.models, "what is known of speeds is not tried again")
    harness.worker.stop()
    #expect(kill(second.pid, 0) != 0)
  }

  @Test("A task is lost when the worker is stopped, and can be run again")
  func stop() throws {
    let harness = try WorkerHarness(models: [Self.model])
    let task = try Self.endless(harness)
    let failure = WorkerHarness.failure { () throws(WorkerFailure) in
      try harness.worker.run(task) { _ in harness.worker.stop() }
    }
    #expect(failure == .lost)
    #expect(harness.folder.names.filter { $0.hasSuffix(".part") }.isEmpty)
  }

  @Test("Tasks of several threads take turns")
  func turns() throws {
    let harness = try WorkerHarness()
    let tasks = try (1...6).map { try harness.task(.waves(width: 4 * $0, height: 7)) }
    let worker = harness.worker
    let widths = Shared<[Int: Int]>([:])
    DispatchQueue.concurrentPerform(iterations: tasks.count) { index in
      let width = (try? worker.run(tasks[index]))?.file.width
      widths.note { $0[index] = width }
    }
    #expect(widths.read { $0 } == [0: 8, 1: 16, 2: 24, 3: 32, 4: 40, 5: 48])
  }

  @Test("The worker ends with its parent, whoever holds its input open")
  func orphan() throws {
    let folder = try TemporaryFolder()
    let start = """
      {"settings":{"models":["\(WorkerHarness.tinyModel)"],"precision":"exact","limits":\
      {"pixels":1000,"side":1000,"fileBytes":1000,"resultPixels":1000,"taskSeconds":10},\
      "workFolder":"\(folder.url.path)","sandbox":"automatic",\
      "measuresPaces":false},"parent":%d,"measuresPaces":false}
      """
    // The shell is the parent; a program of its own keeps the input open.
    let script = """
      { printf "$2\\n" $$; exec sleep 100; } | "$1" bot-worker > "$3/hello" &
      wait
      """
    let run = try ProcessRunner.start(
      "/bin/bash", ["-c", script, "bash", BuiltProgram.upscale, start, folder.url.path])
    func hello() -> String {
      (try? String(contentsOfFile: folder.path("hello"), encoding: .utf8)) ?? ""
    }
    #expect(holds { hello().contains("\n") })
    let match = try #require(hello().firstMatch(of: /"pid":([0-9]+)/))
    let pid = try #require(pid_t(match.1))
    #expect(kill(pid, 0) == 0)
    run.send(SIGKILL)
    #expect(holds { Self.isGone(pid) })
    _ = try run.finish()
  }

  /// Whether a process has ended, reaped or not.
  private static func isGone(_ pid: pid_t) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
      return true
    }
    return stat.split(separator: ")").last?.hasPrefix(" Z") ?? true
  }

  @Test("Nobody starts a worker by hand")
  func byHand() throws {
    let result = try ProcessRunner.run(BuiltProgram.upscale, ["bot-worker"])
    #expect(result.exitCode == 64)
    #expect(result.standardError.contains("started by 'upscale bot'"))
    #expect(result.standardOutput.isEmpty)
    let help = try ProcessRunner.run(BuiltProgram.upscale, ["--help"])
    #expect(!help.outputText.contains("bot-worker"))
  }

  @Test("A worker that cannot serve says why")
  func cannotStart() throws {
    let harness = try WorkerHarness(models: ["no-such-model"])
    guard case .cannotStart(let error) = WorkerHarness.failure(harness.worker.start) else {
      Issue.record("it started")
      return
    }
    #expect(error.message.contains("no-such-model") && error.message.contains("realesrgan-x4plus"))
    #expect(error.cause == .configuration)
  }
}
