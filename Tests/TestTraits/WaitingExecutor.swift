import Glibc
import Upscale

/// Threads for tests that mostly wait: for programs, for servers, for a pause to be over.
///
/// Swift runs as many tests at a time as there are cores. A test that waits would leave a core idle, and half
/// of the tests wait.
final class WaitingExecutor: TaskExecutor {
  static let shared = WaitingExecutor(threads: 4)

  private let jobs = Shared<[UnownedJob]>([])

  private init(threads: Int) {
    // They serve until the process ends.
    for _ in 0..<threads {
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          let executor = Unmanaged<WaitingExecutor>.fromOpaque(context).takeRetainedValue()
          while true { executor.runNext() }
        }, Unmanaged.passRetained(self).toOpaque())
      precondition(status == 0, "the system gives threads to tests")
      pthread_detach(thread)
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.update { $0.append(job) }
  }

  private func runNext() {
    let job = jobs.wait { $0.isEmpty ? nil : $0.removeFirst() }
    job?.runSynchronously(on: asUnownedTaskExecutor())
  }
}
