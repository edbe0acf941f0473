import BotMode
import Foundation
import TestSupport
import TestTraits
import Testing
import Upscale

/// Workers that do not keep to the protocol, played by the shell.
@Suite("Worker: misbehaviour", .serialized, .waiting, .timeLimit(.minutes(20)))
struct WorkerMisbehaviourTests {
  private static let hello =
    #"echo '{"hello":{"_0":{"version":"0","pid":1,"sandbox":[],"models":[]}}}'"#

  /// With workers that are ready, however long a busy machine takes to start them.
  private static func impatient() -> WorkerProcess.Patience {
    var patience = WorkerProcess.Patience()
    patience.start = 600
    patience.examination = 0.3
    patience.silence = 0.3
    patience.cancellation = 0.2
    return patience
  }

  private static func task(_ harness: WorkerHarness) throws -> WorkerTask {
    try harness.task([0])
  }

  private static func isHung(_ failure: WorkerFailure?) -> Bool {
    if case .hung = failure { true } else { false }
  }

  @Test("Garbage, torn lines and endless lines are passed over")
  func garbage() throws {
    let logged = Shared<[String]>([])
    let harness = try WorkerHarness(
      script: """
        read start
        printf '\\377\\000{{{\\n\\n[]\\n"hello"\\n{"hello":{}}\\n'
        head -c 3000000 /dev/zero | tr '\\0' x
        printf '\\n{"hello":'
        printf '{"_0":{"version":"0","pid":1,"sandbox":["none"],"models":[]}}}\\n'
        read request
        echo '{"refused":{"id":99,"_1":{"reason":{"fault":{}},"message":"another"}}}'
        echo '{"event":{"id":1,"_1":{"progress":{"_0":{"fraction":"much","isFitting":1}}}}}'
        echo '{"refused":{"id":1,"_1":{"reason":{"damaged":{}},"message":"mine"}}}'
        exec sleep 60
        """, log: { line in logged.note { $0.append(line) } })
    #expect(
      WorkerHarness.reason { () throws(WorkerFailure) in try harness.worker.examine("x") }
        == .damaged)
    #expect(harness.worker.hello?.sandbox == ["none"])
    #expect(logged.read { $0 }.contains { $0.contains("nobody understands") })
  }

  @Test("What a worker says on standard error is logged, and kept for the one who asks why it died")
  func complaints() throws {
    let logged = Shared<[String]>([])
    let harness = try WorkerHarness(
      script: """
        \(Self.hello); read start; read request
        i=0; while [ $i -lt 500 ]; do echo "line $i" >&2; i=$((i + 1)); done
        printf 'no end' >&2; kill -ABRT $$
        """, log: { line in logged.note { $0.append(line) } })
    let end = try #require(
      WorkerHarness.crash { () throws(WorkerFailure) in try harness.worker.examine("x") })
    #expect(end.signal == SIGABRT)
    #expect(end.lastLines.suffix(2) == ["line 499", "no end"])
    #expect(end.lastLines.count <= 20)
    let lines = logged.read { $0 }
    #expect(lines.first == "worker: line 0")
    #expect(lines.count < 300, "a flood is cut off")
  }

  @Test("A worker that falls silent is killed")
  func silence() throws {
    let harness = try WorkerHarness(
      script: "\(Self.hello); exec sleep 60", patience: Self.impatient())
    let task = try Self.task(harness)
    #expect(
      Self.isHung(
        WorkerHarness.failure { () throws(WorkerFailure) in try harness.worker.run(task) }))
    #expect(
      Self.isHung(
        WorkerHarness.failure { () throws(WorkerFailure) in try harness.worker.examine("x") }))
    var patience = Self.impatient()
    patience.start = 0.3
    let silent = try WorkerHarness(script: "exec sleep 60", patience: patience)
    #expect(Self.isHung(WorkerHarness.failure(silent.worker.start)))
  }

  @Test("Signs of life keep a task alive only as long as it may take")
  func wallLimit() throws {
    let harness = try WorkerHarness(
      script: """
        \(Self.hello); read start; read request
        while :; do
        echo '{"event":{"id":1,"_1":{"progress":{"_0":{"fraction":0.5,"isFitting":false}}}}}'
        sleep 0.1
        done
        """, adjusting: { $0.limits.taskSeconds = 1 })
    let task = try Self.task(harness)
    // This happens long before the timeout for a missing report.
    #expect(
      Self.isHung(
        WorkerHarness.failure { () throws(WorkerFailure) in try harness.worker.run(task) }))
  }

  @Test("A worker that does not hear a cancellation is killed")
  func deaf() throws {
    let harness = try WorkerHarness(
      script: "\(Self.hello); exec sleep 60", patience: Self.impatient())
    let task = try Self.task(harness)
    let failure = WorkerHarness.failure { () throws(WorkerFailure) in
      try harness.worker.run(task, isCancelled: { true })
    }
    #expect(failure == .cancelled)
  }

  @Test("A worker that closes its output, dies at once or is none")
  func early() throws {
    let closing = try WorkerHarness(script: "\(Self.hello); exec >&-; sleep 60")
    #expect(
      WorkerHarness.crash { () throws(WorkerFailure) in try closing.worker.examine("x") } != nil)
    let dying = try WorkerHarness(script: "echo 'out of luck' >&2; exit 9")
    let end = WorkerHarness.crash(dying.worker.start)
    #expect(end?.exitCode == 9)
    #expect(end?.lastLines == ["out of luck"])
    let folder = try TemporaryFolder()
    let missing = WorkerProcess(
      WorkerSettings(models: [], workFolder: folder.url.path),
      program: folder.path("no-such-program"))
    guard case .cannotStart = WorkerHarness.failure(missing.start) else {
      Issue.record("what is not there has started")
      return
    }
  }

  @Test("A worker that was taken over cannot have another file sent")
  func otherFile() throws {
    let folder = try TemporaryFolder()
    let secret = try folder.write([1, 2, 3], as: "secret.png")
    func answering(_ path: String, _ bytes: Int) throws -> WorkerFailure? {
      let harness = try WorkerHarness(
        script: #"""
          \#(Self.hello); read start; read request
          echo '{"done":{"id":1,"_1":{"file":{"path":"\#(path)","format":"png","width":1,"height":1,"bytes":\#(bytes)},"scale":1,"steps":[],"warnings":[],"losses":[],"seconds":1}}}'
          exec sleep 60
          """#)
      let task = WorkerTask(
        .upscale(model: "m", scale: nil), input: "x", output: folder.path("mine"), byteLimit: 1000)
      return WorkerHarness.failure { () throws(WorkerFailure) in
        try harness.worker.run(task)
      }
    }
    func isCrash(_ failure: WorkerFailure?) -> Bool {
      if case .crashed = failure { true } else { false }
    }
    #expect(isCrash(try answering(secret, 3)))
    #expect(isCrash(try answering(folder.path("mine/../secret.png"), 3)))
    #expect(isCrash(try answering(folder.path("mine.png"), 3)), "there is none")
    try folder.write([1, 2, 3], as: "mine.png")
    #expect(try answering(folder.path("mine.png"), 3) == nil)
    #expect(isCrash(try answering(folder.path("mine.png"), 4)))
    try folder.write([UInt8](repeating: 1, count: 1001), as: "mine.png")
    #expect(isCrash(try answering(folder.path("mine.png"), 1001)))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("mine.webp"), withDestinationPath: secret)
    #expect(isCrash(try answering(folder.path("mine.webp"), 3)))
  }

  @Test("Workers that come and go leave nothing behind")
  func descriptors() throws {
    var patience = WorkerProcess.Patience()
    patience.cancellation = 0.02
    let harness = try WorkerHarness(
      script: "\(Self.hello); read start; exec sleep 60", patience: patience)
    func open() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
    func threads() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
    try harness.worker.start()
    harness.worker.stop()
    let before = try (open(), threads())
    for _ in 0..<20 {
      try harness.worker.start()
      harness.worker.stop()
    }
    // Other suites open files and start threads at the same time.
    #expect(try open() < before.0 + 40)
    #expect(try threads() < before.1 + 15)
  }
}
