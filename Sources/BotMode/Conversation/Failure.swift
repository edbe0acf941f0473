/// Why a picture that was accepted has no result.
enum Failure: Equatable, Sendable {
  case unusable(Unusable)
  case foreign(String)
  case notAPicture, damaged, resultTooLarge, noMemory, noDisk, crashed, tookTooLong
  case cannotFetch, cannotSend, internalFault
}
