public import Upscale

/// What a batch did, as one page that opens in any browser: figures, failures, comparisons.
///
/// The page is one file without any reference to another: it can be moved, mailed and opened from
/// a disk without a network. Names and reasons may hold anything; they are shown as text.
public struct BatchReport: Sendable {
  /// How the work on a picture ended.
  public enum Status: String, Sendable, CaseIterable {
    case done
    /// There was nothing to do, or nothing that can be done: the reason says which.
    case skipped
    case failed
  }

  /// One file of the batch.
  public struct Entry: Sendable {
    /// The input's name as it is shown.
    public var input: String
    /// The output's name as it is shown; nil if there is none.
    public var output: String?
    public var status: Status
    /// The exit code that the failure would have as the only one.
    public var code: Int32?
    /// Why it failed or was skipped, in a sentence.
    public var reason: String?
    /// The input's columns and rows as seen; nil if it was not read.
    public var width: Int?
    public var height: Int?
    public var outputWidth: Int?
    public var outputHeight: Int?
    /// Sizes of the files.
    public var bytesIn: Int?
    public var bytesOut: Int?
    /// How long the work on it took.
    public var seconds: Double
    /// Where the two pictures are, to show a part of them; nil for no comparison.
    public var inputPath: String?
    public var outputPath: String?

    public init(
      input: String, output: String? = nil, status: Status, code: Int32? = nil,
      reason: String? = nil, width: Int? = nil, height: Int? = nil, outputWidth: Int? = nil,
      outputHeight: Int? = nil, bytesIn: Int? = nil, bytesOut: Int? = nil, seconds: Double = 0,
      inputPath: String? = nil, outputPath: String? = nil
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

  public var title: String
  public var model: String
  /// What else the results depend on, as names and values to show.
  public var settings: [(String, String)]
  public var entries: [Entry]
  /// When the batch began, in seconds since 1970 (UTC).
  public var started: Int
  /// How long the batch took.
  public var seconds: Double
  /// How many results are shown as pictures at most.
  public var comparisonLimit = 200
  /// Bytes that reading a pair of pictures may take; larger ones are listed without a comparison.
  public var comparisonMemory = 512 << 20
  /// The most characters that pictures take in the page, whatever they show.
  var comparisonCharacters = 16 << 20

  public init(
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
  /// The parts go out as they are made: neither the page nor more than one pair of pictures is in
  /// memory. A picture that can no longer be read is listed without a comparison.
  ///
  /// - Parameter path: The name of the file, which should end in `.html`.
  /// - Throws: `.cannotCreate`, `.permission`, or `.inputOutput` (a full disk, most often).
  public func write(to path: String) throws(UpscaleError) {
    let stream = try OutputStream(path: path)
    let page = ReportPage(self, into: stream)
    try page.write()
    try stream.finish()
  }
}
