import CPlatform

/// What the process was started with.
package enum ProgramArguments {
  /// The words after the program's name. `CommandLine.arguments` is empty where there is no /proc.
  package static let words: [String] = {
    let count = cp_argument_count()
    guard count > 0 else { return Array(CommandLine.arguments.dropFirst()) }
    return (1..<max(1, count)).compactMap { cp_argument($0).map { String(cString: $0) } }
  }()
}
