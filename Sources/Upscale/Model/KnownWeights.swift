/// Weight files as their makers published them, recognised by their bytes.
public struct KnownWeights: Sendable, Hashable {
  /// What its makers call it: the file's name without its ending.
  public let name: String
  /// The licence of the weights, by its SPDX name.
  public let licence: String
  /// Bytes of the file: what has another size need not be read.
  let byteCount: Int
  /// The file's digest in lower-case hexadecimal.
  let sha256: String

  static let all = [
    KnownWeights(
      name: "RealESRGAN_x4plus", licence: "BSD-3-Clause", byteCount: 67_040_989,
      sha256: "4fa0d38905f75ac06eb49a7951b426670021be3018265fd191d2125df9d682f1"),
    KnownWeights(
      name: "RealESRGAN_x2plus", licence: "BSD-3-Clause", byteCount: 67_061_725,
      sha256: "49fafd45f8fd7aa8d31ab2a22d14d91b536c34494a5cfe31eb5d89c2fa266abb"),
    KnownWeights(
      name: "RealESRGAN_x4plus_anime_6B", licence: "BSD-3-Clause", byteCount: 17_938_799,
      sha256: "f872d837d3c90ed2e05227bed711af5671a6fd1c9f7d7e91c911a61f155e99da"),
    KnownWeights(
      name: "realesr-animevideov3", licence: "BSD-3-Clause", byteCount: 2_504_012,
      sha256: "b8a8376811077954d82ca3fcf476f1ac3da3e8a68a4f4d71363008000a18b75d"),
    KnownWeights(
      name: "realesr-general-x4v3", licence: "BSD-3-Clause", byteCount: 4_885_111,
      sha256: "8dc7edb9ac80ccdc30c3a5dca6616509367f05fbc184ad95b731f05bece96292"),
    KnownWeights(
      name: "realesr-general-wdn-x4v3", licence: "BSD-3-Clause", byteCount: 4_885_111,
      sha256: "1641f8c4464b9f097c9fdda5589273713f67cf59f3d909e0bd688f0cee269dca"),
    KnownWeights(
      name: "4x-UltraSharp", licence: "CC-BY-NC-SA-4.0", byteCount: 66_961_958,
      sha256: "a5812231fc936b42af08a5edba784195495d303d5b3248c24489ef0c4021fe01"),
  ]

  /// What is known of a file.
  ///
  /// - Parameters:
  ///   - byteCount: its size.
  ///   - sha256: its digest, asked for only where the size fits.
  /// - Returns: nil for a file that nobody told of.
  /// - Throws: what `sha256` throws.
  static func find<Failure>(
    byteCount: Int, sha256: () throws(Failure) -> String
  ) throws(Failure) -> KnownWeights? {
    let candidates = all.filter { $0.byteCount == byteCount }
    guard !candidates.isEmpty else { return nil }
    let digest = try sha256()
    return candidates.first { $0.sha256 == digest }
  }
}
