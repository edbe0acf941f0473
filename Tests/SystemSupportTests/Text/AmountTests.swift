import SystemSupport
import Testing

@Suite("Numbers in options and sentences")
struct AmountTests {
  @Test("numbers are decimal digits and nothing else")
  func decimal() {
    #expect(DecimalNumber.whole("0") == 0 && DecimalNumber.whole("0042") == 42)
    #expect(DecimalNumber.real("4") == 4 && DecimalNumber.real("1.50") == 1.5)
    #expect(DecimalNumber.real(".5") == 0.5 && DecimalNumber.real("5.") == 5)
    for text in [
      "", " 4", "4 ", "+4", "-4", "0x10", "1e3", "4x", "٤", "½", "1_000", "1,000", "nan", "inf",
      "infinity", "4\n", "４",
    ] {
      #expect(DecimalNumber.whole(text) == nil, "\(text)")
      #expect(DecimalNumber.real(text) == nil, "\(text)")
      #expect(MemoryBudget.parse(text + "M") == nil || text.isEmpty, "\(text)")
    }
    #expect(DecimalNumber.whole("1.5") == nil && DecimalNumber.whole("99999999999999999999") == nil)
    for text in [".", "1.2.3", "1..2", "1.5e3"] { #expect(DecimalNumber.real(text) == nil) }
    #expect(MemoryBudget.parse("M") == nil && MemoryBudget.parse("0M") == nil)
    #expect(MemoryBudget.parse("1.5G") == 1_500_000_000)
    #expect(MemoryBudget.parse("2GiB") == 2 << 30)
  }

  @Test("an amount and a limit that differ never read alike")
  func amounts() {
    #expect(byteCountTexts(1 << 30, of: 1 << 20) == ("1 GiB", "1 MiB"))
    #expect(
      byteCountTexts((1 << 30) + 1, of: 1 << 30) == ("1,073,741,825 bytes", "1,073,741,824 bytes"))
    #expect(countTexts(101_000_000, of: 100_000_000) == ("101 million", "100 million"))
    #expect(countTexts(100_000_001, of: 100_000_000) == ("100,000,001", "100,000,000"))
    #expect(countTexts(400_000, of: 300_000) == ("400,000", "300,000"))
    #expect(countTexts(.max, of: 12).limit == "12")
  }
}
