package import Upscale

/// What a batch did, as one page that opens in any browser: figures, failures, comparisons.
///
/// The page is one file without any reference to another: it can be moved, mailed and opened from
/// a disk without a network. Names and reasons may hold anything; they are shown as text.
package struct BatchReport: Sendable {
  package var title: String
  package var model: String
  /// What else the results depend on, as names and values to show.
  package var settings: [(String, String)]
  /// What became of each file.
  package var rows: [JournalMerge.Item]
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
    title: String, model: String, settings: [(String, String)], rows: [JournalMerge.Item],
    started: Int, seconds: Double
  ) {
    self.title = title
    self.model = model
    self.settings = settings
    self.rows = rows
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
