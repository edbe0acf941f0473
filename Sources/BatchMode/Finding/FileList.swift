package import Upscale

/// Names of files, one a line or ended by NUL: what `find -print0` writes.
package enum FileList {
  /// The most bytes of a list.
  private static let limit = 1 << 30

  /// - Parameters:
  ///   - source: a file, or "-" for standard input.
  ///   - isNULSeparated: names end with NUL, and may hold line feeds.
  /// - Returns: the names, as they are.
  /// - Throws: what reading throws.
  package static func read(
    _ source: String, isNULSeparated: Bool
  ) throws(UpscaleError) -> [BytePath] {
    let bytes: [UInt8]
    do throws(UpscaleError) {
      bytes =
        source == "-"
        ? try InputFile.readStandardInput(limit: limit)
        : try InputFile.read(path: source, limit: limit)
    } catch {
      // An empty list is no error, as an empty picture would be.
      if error.cause == .empty { return [] }
      throw error
    }
    return parse(bytes, isNULSeparated: isNULSeparated)
  }

  package static func parse(_ bytes: [UInt8], isNULSeparated: Bool) -> [BytePath] {
    bytes.split(separator: isNULSeparated ? 0 : UInt8(ascii: "\n")).compactMap { line in
      var name = line
      if !isNULSeparated, name.last == UInt8(ascii: "\r") { name.removeLast() }
      // A path ends at the first NUL, so such a line names no file that could be opened.
      return name.isEmpty || name.contains(0) ? nil : BytePath(bytes: name)
    }
  }

  /// The path of a listed file's output below the folder of outputs: the file's path without `..` and
  /// leading slashes.
  package static func place(of path: BytePath) -> BytePath {
    var parts: [ArraySlice<UInt8>] = []
    for part in path.bytes.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8) {
        _ = parts.popLast()
      } else {
        parts.append(part)
      }
    }
    return BytePath(bytes: parts.joined(separator: [UInt8(ascii: "/")]))
  }
}
