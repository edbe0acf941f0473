import CPlatform
import Glibc

/// The file of the running program.
package enum ProgramFile {
  /// The arguments of the process, its own name first. Swift's list replaces bytes that are not UTF-8.
  package static let arguments: [BytePath] = (0..<Int(cp_argument_count())).compactMap { index in
    cp_argument(Int32(index)).map { BytePath(cString: $0) }
  }

  /// A path that runs this very program again, even when its file has been replaced; where there is
  /// no /proc, the path that it was started by.
  package static let executable: String =
    access(link, X_OK) == 0 ? link : path ?? link

  /// Where the program's file is, as `BytePath.encoded` has
  /// it, or nil where the system does not tell.
  package static let path: String? = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(link, &buffer, buffer.count)
    if length > 0 {
      return BytePath(bytes: buffer[..<length].map(UInt8.init(bitPattern:))).encoded
    }
    guard let started = cp_program_path(), let resolved = realpath(started, nil) else { return nil }
    defer { free(resolved) }
    return BytePath(cString: resolved).encoded
  }()

  private static let link = "/proc/self/exe"
}
