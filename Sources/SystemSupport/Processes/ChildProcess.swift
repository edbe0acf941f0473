import CPlatform
import Glibc

/// A process that this one has started. The kernel ends it when the thread that started it ends.
package final class ChildProcess: Sendable {
  /// How it ended.
  package struct Ending: Sendable, Equatable {
    /// The signal that ended it, or nil.
    package let signal: Int32?
    /// Its exit code, or nil.
    package let exitCode: Int32?
  }

  private let number: pid_t

  /// Starts a program, with these three streams and no other file.
  ///
  /// - Parameters:
  ///   - program: its path.
  ///   - arguments: the program's own name first.
  ///   - environment: "NAME=value".
  ///   - input: its standard input.
  ///   - output: its standard output.
  ///   - errors: its standard error.
  /// - Throws: why it could not be started.
  package init(
    program: String, arguments: [String], environment: [String], input: OpenFile,
    output: OpenFile, errors: OpenFile
  ) throws(SystemFailure) {
    var process: pid_t = 0
    let code = withCStrings(arguments) { arguments in
      withCStrings(environment) { environment in
        input.withDescriptor { input in
          output.withDescriptor { output in
            errors.withDescriptor { errors in
              cp_spawn(program, arguments, environment, input, output, errors, &process)
            }
          }
        }
      }
    }
    guard code == 0 else { throw SystemFailure(code) }
    number = process
  }

  /// Readable once the process has ended; nil where the kernel has no such thing.
  package func endWatch() -> OpenFile? {
    let descriptor = cp_process_descriptor(number)
    return descriptor < 0 ? nil : OpenFile(owning: descriptor)
  }

  /// Sends a signal. Not to be called once `reap` was: the number may be another process's then.
  package func send(_ signal: Int32) { kill(number, signal) }

  /// Waits until the process has ended; `reap` is still to be called.
  package func waitForEnd() {
    var status = siginfo_t()
    while waitid(P_PID, id_t(number), &status, WEXITED | WNOWAIT) != 0, errno == EINTR {}
  }

  /// Waits until the process has ended, and releases its number.
  package func reap() -> Ending {
    var value: Int32 = 0
    while waitpid(number, &value, 0) < 0, errno == EINTR {}
    let signal = value & 0x7F
    return Ending(
      signal: signal == 0 ? nil : signal, exitCode: signal == 0 ? value >> 8 & 0xFF : nil)
  }
}
