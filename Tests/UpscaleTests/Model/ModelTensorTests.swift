import Testing

@testable import Upscale

@Suite struct ModelTensorTests {
  private func tensor(_ elementType: TensorElementType, _ bits: [UInt16]) throws -> SafeTensors {
    let header =
      #"{"t":{"dtype":"\#(elementType.rawValue)","shape":[\#(bits.count)],"#
      + #""data_offsets":[0,\#(bits.count * 2)]}}"#
    // An odd header length: numbers in foreign files need not be aligned.
    let padded = header + (header.utf8.count % 2 == 0 ? " " : "")
    return try readSafeTensors(
      safeTensorsFile(padded, data: bits.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))
  }

  #if arch(x86_64) || arch(arm64)
    @Test func everyHalfIsConvertedExactly() throws {
      let bits = (0...UInt16.max).map { $0 }
      let floats = try #require(try tensor(.float16, bits).tensors["t"]).floats()
      for (bits, float) in zip(bits, floats) {
        // Fields of the format, not the conversion of the standard library: that is the slow path.
        let exponent = Int(bits >> 10 & 31)
        let fraction = Double(bits & 1023)
        let sign: Double = bits & 0x8000 == 0 ? 1 : -1
        switch exponent {
        case 31: #expect(fraction == 0 ? float == Float(sign) * .infinity : float.isNaN)
        case 0: #expect(float == Float(sign * fraction * 0x1p-24))
        default:
          let power = Double(sign: .plus, exponent: exponent - 25, significand: 1)
          #expect(float == Float(sign * (1024 + fraction) * power))
        }
        #expect((float.sign == .minus) == (bits & 0x8000 != 0) || float.isNaN)
      }
    }
  #endif

  @Test func brainFloatsAreTheUpperHalfOfFloats() throws {
    let floats = try #require(try tensor(.bfloat16, [0x3F80, 0xC000, 0x0001, 0x7F80]).tensors["t"])
    #expect(try floats.floats() == [1, -2, Float(bitPattern: 0x10000), .infinity])
    #expect(try !floats.isFinite())
  }

  @Test(arguments: [
    (TensorElementType.float16, 0x7C00 as UInt16), (.float16, 0xFE01), (.bfloat16, 0xFF80),
    (.bfloat16, 0x7FC0),
  ])
  func infinityAndNaNAreFound(_ elementType: TensorElementType, _ bits: UInt16) throws {
    #expect(try tensor(elementType, [0, bits, 1]).tensors["t"]?.isFinite() == false)
    #expect(try tensor(elementType, [0x7BFF, 0xFBFF, 0]).tensors["t"]?.isFinite() == true)
  }

  @Test func infinityAndNaNAreFoundInFloats() throws {
    #expect(try Tensor(shape: [3], floats: [0, .greatestFiniteMagnitude, -1]).isFinite())
    #expect(try !Tensor(shape: [3], floats: [0, -.infinity, -1]).isFinite())
    #expect(try !Tensor(shape: [3], floats: [0, .nan, -1]).isFinite())
  }
}
