package import Upscale

/// What a batch did, as one page that opens in any browser: figures, failures, comparisons.
///
/// The page is one file without any reference to another: it can be moved, mailed and opened from
/// a disk without a network. Names and reasons may hold anything; they are shown as text.
package struct BatchReport: Sendable {
  /// The outcome of a picture.
  package enum Status: String, Sendable, CaseIterable {
    case done
    /// It was done, and the input was not whole: the reason says what is wrong.
    case damaged
    /// It needed no work, or could not be worked on: the reason says which.
    case skipped
    case failed
  }

  /// One file of the batch.
  package struct Entry: Sendable {
    /// The input's name as it is shown.
    package var input: String
    /// The output's name as it is shown; nil if there is none.
    package var output: String?
    package var status: Status
    /// The exit code that the failure would have as the only one.
    package var code: Int32?
    /// Why it failed or was skipped, or what is wrong with it, in a sentence.
    package var reason: String?
    /// The input's columns and rows as seen; nil if it was not read.
    package var width: Int?
    package var height: Int?
    package var outputWidth: Int?
    package var outputHeight: Int?
    /// Sizes of the files.
    package var bytesIn: Int?
    package var bytesOut: Int?
    /// How long the work on it took.
    package var seconds: Double
    /// Where the two pictures are, to show a part of them; nil for no comparison.
    package var inputPath: BytePath?
    package var outputPath: BytePath?

    package init(
      input: String, output: String? = nil, status: Status, code: Int32? = nil,
      reason: String? = nil, width: Int? = nil, height: Int? = nil, outputWidth: Int? = nil,
      outputHeight: Int? = nil, bytesIn: Int? = nil, bytesOut: Int? = nil, seconds: Double = 0,
      inputPath: BytePath? = nil, outputPath: BytePath? = nil
    ) {
      self.input = input
      self.output = output
      self.status = status
      self.code = code
      self.reason = reason
      self.width = width
      self.height = height
      self.outputWidth = outputWidth
      self.outputHeight = outputHeight
      self.bytesIn = bytesIn
      self.bytesOut = bytesOut
      self.seconds = seconds
      self.inputPath = inputPath
      self.outputPath = outputPath
    }
  }

  package var title: String
  package var model: String
  /// What else the results depend on, as names and values to show.
  package var settings: [(String, String)]
  package var entries: [Entry]
  /// When the batch began, in seconds since 1970 (UTC).
  package var started: Int
  /// How long the batch took.
  package var seconds: Double
  /// How many results are shown as pictures at most.
  package var comparisonLimit = 200
  /// Bytes that reading a pair of pictures may take; larger ones are listed without a comparison.
  package var comparisonMemory = 512 << 20
  /// What the codes of failures mean, in a word or two.
  package var meaning: @Sendable (Int32) -> String = { _ in "" }
  /// The most characters that pictures take in the page, whatever they show.
  var comparisonCharacters = 16 << 20

  package init(
    title: String, model: String, settings: [(String, String)], entries: [Entry], started: Int,
    seconds: Double
  ) {
    self.title = title
    self.model = model
    self.settings = settings
    self.entries = entries
    self.started = started
    self.seconds = seconds
  }

  /// Writes the page; it appears complete or not at all.
  ///
  /// The page is written part by part, so that at most one pair of pictures is in memory at a time. A
  /// picture that can no longer be read is listed without a comparison.
  ///
  /// - Parameter path: The name of the file, which should end in `.html`.
  /// - Throws: `.cannotCreate`, `.permission`, or `.inputOutput` (a full disk, most often).
  package func write(to path: String) throws(UpscaleError) {
    let stream = try OutputStream(path: path)
    let page = ReportPage(self, into: stream)
    try page.write()
    try stream.finish()
  }
}
