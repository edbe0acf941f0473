package import Upscale

/// The places where the token may be; the first one that has a token is used.
package struct BotTokenSources: Sendable {
  /// Something that was unwise about the way the token came.
  package enum Warning: Sendable, Equatable {
    /// Arguments are kept by shells and seen by other users.
    case wasArgument
    /// Other users can read the file that has it; how messages name it.
    case isReadableByOthers(String)
  }

  /// Given as an argument of the program.
  package var argument: String?
  /// A file that has it; "-" is standard input.
  package var file: String?
  /// The folder whose `.env` is read.
  package var folder: String
  /// Removes a variable from the environment, so that no child process and no memory dump contains it.
  var takeVariable: @Sendable (String) -> String?

  /// The variables, the preferred one first.
  static let variables = ["TELEGRAM_BOT_TOKEN", "TG_BOT_TOKEN"]

  private static let longestFile = 65536

  package init(argument: String? = nil, file: String? = nil, folder: String = ".") {
    self.argument = argument
    self.file = file
    self.folder = folder
    takeVariable = Self.takeFromEnvironment
  }

  /// The token, and what the user should know.
  ///
  /// Call it before there are threads: it changes the environment.
  ///
  /// - Returns: the token, and warnings about insecure ways of passing it.
  /// - Throws: `.noToken` when there is none; `.configuration` for what is no token; what reading a file
  ///   throws.
  package func find() throws(UpscaleError) -> (token: BotToken, warnings: [Warning]) {
    // All variables are removed, whichever is used.
    let values = Self.variables.map { takeVariable($0) }
    if let argument {
      CurrentProcess.hideArgument(argument)
      return (try Self.token(argument, from: "the token that was given"), [.wasArgument])
    }
    if let file {
      let name = file == "-" ? "standard input" : "'\(BytePath(file).text)'"
      let content = try Self.read(file, named: name)
      return (try Self.token(content.text, from: name), Self.warnings(content, name))
    }
    for (name, value) in zip(Self.variables, values) {
      if let value, !value.isEmpty { return (try Self.token(value, from: name), []) }
    }
    return try findInFolder()
  }

  private func findInFolder() throws(UpscaleError) -> (token: BotToken, warnings: [Warning]) {
    let path = folder == "." ? ".env" : BytePath(folder).appending(".env").text
    let name = "'\(path)'"
    // A folder named `.env` is most likely a Python environment.
    if let status = BytePath(path).status(), !status.isFolder {
      let content = try Self.read(path, named: name)
      let variables = try EnvironmentFile(content.text, named: name, wanting: Self.variables)
      for variable in Self.variables {
        guard let value = variables[variable], !value.isEmpty else { continue }
        return (
          try Self.token(value, from: "\(variable) in \(name)"), Self.warnings(content, name)
        )
      }
    }
    throw UpscaleError(
      .noToken,
      "the bot needs its token, which @BotFather gives: set TELEGRAM_BOT_TOKEN (or TG_BOT_TOKEN) in"
        + " the environment or in a file .env in this folder")
  }

  private static func token(_ text: String, from name: String) throws(UpscaleError) -> BotToken {
    do {
      return try BotToken(text)
    } catch {
      throw error.prefixed(name)
    }
  }

  private struct Content {
    let text: String
    let permissions: UInt32
  }

  private static func warnings(_ content: Content, _ name: String) -> [Warning] {
    content.permissions & 0o077 == 0 ? [] : [.isReadableByOthers(name)]
  }

  /// Reads a small text; `path` "-" is standard input.
  private static func read(_ path: String, named name: String) throws(UpscaleError) -> Content {
    let (file, status): (OpenFile, FileStatus)
    do throws(SystemFailure) {
      file = path == "-" ? try OpenFile(copyOf: .input) : try OpenFile(BytePath(path), .reading)
      status = try file.status()
    } catch {
      throw error.reading(name)
    }
    guard !status.isFolder else {
      throw UpscaleError(.noInput, "\(name) is a folder; name the file that holds the token")
    }
    var bytes: [UInt8] = []
    while true {
      let piece: [UInt8]
      do throws(SystemFailure) {
        piece = try file.nextBytes(upTo: 4096)
      } catch {
        throw error.reading(name)
      }
      guard !piece.isEmpty else { break }
      bytes += piece
      guard bytes.count <= longestFile else {
        throw UpscaleError(.configuration, "\(name) is too long to be a file that holds a token")
      }
    }
    return Content(
      text: String(decoding: bytes, as: UTF8.self),
      permissions: status.isRegular ? status.permissions : 0)
  }

  /// Removes a variable from the environment, and erases the memory in which /proc shows it.
  private static func takeFromEnvironment(_ name: String) -> String? {
    defer { Environment.erase(name) }
    return Environment[name]
  }
}
