import CImageCodecs

// The choices as the C codecs take them.

extension ci_jpeg_options {
  init(_ options: EncodingOptions, _ optimises: Bool) {
    let factors = options.chosenSubsampling.factors
    self.init(
      quality: Int32(options.quality(for: .jpeg)), optimised: optimises ? 1 : 0,
      progressive: options.isProgressive ? 1 : 0, across: Int32(factors.across),
      down: Int32(factors.down))
  }
}

extension ci_webp_options {
  init(_ options: EncodingOptions) {
    self.init(
      quality: Int32(options.quality(for: .webp)),
      lossless: options.storesWebPLosslessly ? 1 : 0,
      near_lossless: Int32(options.nearLossless ?? 100), effort: Int32(options.effort ?? 4))
  }
}
