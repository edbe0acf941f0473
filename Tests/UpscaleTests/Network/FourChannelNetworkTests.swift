import NaiveNetworks
import TestSupport
import Testing

@testable import Upscale

/// Networks that take and make alpha as their fourth channel.
@Suite struct FourChannelNetworkTests {
  @Test(
    "Alpha and visible colours are the network's inputs, as they are stored",
    arguments: [[UInt8(1), 7, 15, 200], [128, 128, 128, 128]])
  func naive(alphas: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let tensors = WeightFiles.compactTensors(inputs: 4, outputs: 4)
    let path = try folder.write(WeightFiles.safeTensors(tensors), as: "four.safetensors")
    var picture = Picture.noise(width: 9, height: 7, layout: .rgba, depth: .eight)
    for pixel in 0..<9 * 7 { picture.bytes[4 * pixel + 3] = alphas[pixel % 4] }

    let naive = try NaiveSRVGGNetCompact(Weights(path: path)).enlarged(
      Planes(samples: picture.samples, width: 9, channels: 4, maximum: 255))
    let upscaler = try Upscaler(model: Model(name: "four", tensors: tensors), threads: 2)
    let result = try upscaler.upscale(picture, depth: .sixteen)
    NetworkGoldenTests.expectExact(
      result,
      Picture(
        width: naive.width, height: naive.height, layout: .rgba, depth: .sixteen,
        samples: naive.samples(maximum: 65535)))
  }

  @Test("Colours of invisible pixels do not count")
  func hidden() throws {
    let model = try Model(
      name: "four", tensors: WeightFiles.compactTensors(inputs: 4, outputs: 4))
    let upscaler = try Upscaler(model: model, threads: 2)
    var picture = Picture.noise(width: 9, height: 7, layout: .rgba, depth: .eight)
    for pixel in 0..<9 * 7 { picture.bytes[4 * pixel + 3] = pixel % 3 == 0 ? 0 : 255 }
    var other = picture
    for pixel in stride(from: 0, to: 9 * 7, by: 3) { other.bytes[4 * pixel + 1] ^= 0xFF }
    #expect(try upscaler.upscale(picture) == upscaler.upscale(other))
  }
}
