import ArgumentParser
import BatchMode
import Upscale

/// Which files, and what their outputs are called.
struct BatchFileOptions: ParsableArguments {
  @Flag(name: .customLong("no-recursive"), help: "Leave out folders inside folders.")
  var noRecursive = false

  @Flag(help: "Put all outputs into OUTPUT itself, without folders.")
  var flat = false

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      Only files that fit, such as '*.jpg' or 'raw/**'; may be repeated. A pattern without a slash \
      is for names.
      """, valueName: "pattern"))
  var include: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "No files and folders that fit; may be repeated.", valueName: "pattern"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Enlarge the files that a list names, a line each; '-' is standard input. Names are below \
      INPUT, if there is one.
      """, valueName: "list"))
  var filesFrom: String?

  @Flag(name: [.customShort("0"), .long], help: "Names of the list end with NUL, not line feed.")
  var null = false

  @Option(
    help: ArgumentHelp(
      """
      How outputs are called, of {stem}, {name}, {ext}, {scale} or (with --size) {size}, and {dir}. \
      (default: {stem}.{ext})
      """, valueName: "template"))
  var name: String?

  func template() throws(UpscaleError) -> NameTemplate {
    guard let name else { return .standard }
    return try NameTemplate(name, named: "--name")
  }

  var scan: FolderScan {
    var scan = FolderScan()
    scan.isRecursive = !noRecursive
    scan.include = include.map { Glob($0) }
    scan.exclude = exclude.map { Glob($0) }
    return scan
  }

  func validate() throws {
    if null, filesFrom == nil { throw ValidationError("-0 is for --files-from") }
  }

  func list() throws(UpscaleError) -> [BytePath]? {
    guard let filesFrom else { return nil }
    return try FileList.read(filesFrom, isNULSeparated: null)
  }
}
