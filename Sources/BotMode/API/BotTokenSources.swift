package import Upscale

/// Where the token may be: the first place that has one counts.
package struct BotTokenSources {
  /// Of `--token`.
  package var argument: String?
  /// Of `--token-file`; "-" is standard input.
  package var file: String?
  /// The folder whose `.env` is read.
  package var folder: String = "."

  package init(argument: String? = nil, file: String? = nil, folder: String = ".") {
    self.argument = argument
    self.file = file
    self.folder = folder
  }

  /// The token, and sentences that the user should read.
  ///
  /// - Returns: the token, and what was unwise about the way it came.
  /// - Throws: `.usage` when there is none; `.badModel` for what is no token; what reading a file
  ///   can end in.
  package func find() throws(UpscaleError) -> (token: BotToken, warnings: [String]) {
    throw UpscaleError(.usage, "to come")
  }
}
