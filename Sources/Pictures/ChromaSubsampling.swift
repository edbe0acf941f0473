/// How many colour samples a JPEG has for its brightness samples.
public enum ChromaSubsampling: String, Sendable, CaseIterable {
  /// One for each: fine coloured detail stays sharp.
  case full = "4:4:4"
  /// One for two beside each other.
  case half = "4:2:2"
  /// One for four.
  case quarter = "4:2:0"

  /// Brightness samples beside and below each other for each colour sample.
  package var factors: (across: Int, down: Int) {
    switch self {
    case .full: (1, 1)
    case .half: (2, 1)
    case .quarter: (2, 2)
    }
  }
}
