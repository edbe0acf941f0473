/// What a file says of its picture's colours, and what a writer says of them.
package struct ColorDescription: Sendable, Equatable {
  /// An ICC profile that fits the pixels.
  package var iccProfile: [UInt8]?
  /// A PNG's other chunks.
  package var png: PNGColor

  package init(iccProfile: [UInt8]? = nil, png: PNGColor = PNGColor()) {
    self.iccProfile = iccProfile
    self.png = png
  }

  /// What colours are by one of the statements.
  enum Meaning: Equatable {
    /// Nothing is said: programs take such pictures for sRGB.
    case unsaid
    case srgb
    case profile([UInt8])
    case space(name: String, Chromaticities, TransferFunction)
    /// By code points that no profile expresses.
    case inexpressible(CodePoints)
  }

  /// The statement that counts, as the PNG specification orders them: cICP, iCCP, sRGB, gAMA with cHRM.
  var meaning: Meaning {
    if let points = png.codePoints, !isUnspecified(points) {
      if points.primaries == 1, points.transfer == 13, points.isFullRange { return .srgb }
      if points.isFullRange, let primaries = points.chromaticities,
        let transfer = points.transferFunction
      {
        return .space(name: points.name, primaries, transfer)
      }
      return .inexpressible(points)
    }
    return meaningWithoutCodePoints
  }

  /// What colours are for programs that do not know cICP.
  private var meaningWithoutCodePoints: Meaning {
    if let iccProfile { return .profile(iccProfile) }
    if png.renderingIntent != nil { return .srgb }
    if png.gamma == nil, png.chromaticities == nil { return .unsaid }
    let transfer = png.gamma.map { TransferFunction.power(100_000 / Double($0)) } ?? .srgb
    return .space(
      name: "PNG gAMA and cHRM", png.chromaticities ?? .srgb, transfer)
  }

  private func isUnspecified(_ points: CodePoints) -> Bool {
    points.primaries == 2 || points.transfer == 2
  }

  /// The profile by which pixels of a layout look as described where a file has no chunks of PNG.
  ///
  /// - Parameter isGray: whether the pixels of the file are gray.
  /// - Returns: nil where none is needed, or there is none.
  package func profile(isGray: Bool) -> [UInt8]? {
    var meaning = meaning
    // The profile beside cICP is there for programs that do not know that.
    if case .inexpressible = meaning { meaning = meaningWithoutCodePoints }
    switch meaning {
    case .unsaid, .srgb, .inexpressible: return nil
    case .profile(let profile):
      let space: ProfileSpace = isGray ? .gray : .rgb
      if ICCProfile.complaint(about: profile, space: space) == nil { return profile }
      return isGray ? nil : ICCProfile.colored(gray: profile)
    case .space(let name, let primaries, let transfer):
      return isGray
        ? ProfileBuilder.gray(name: name, transfer: transfer)
        : ProfileBuilder.rgb(name: name, primaries: primaries, transfer: transfer)
    }
  }

  /// What of the description a format other than PNG cannot hold, as a sentence; nil where nothing is lost.
  ///
  /// - Parameters:
  ///   - format: of the file.
  ///   - isGray: whether the pixels of the file are gray.
  /// - Returns: the sentence.
  func loss(in format: PictureFormat, isGray: Bool) -> String? {
    if format == .png {
      guard iccProfile != nil, profileChunk(isGray: isGray) == nil else { return nil }
      return Self.leavesOutProfile(format)
    }
    switch meaning {
    case .unsaid, .srgb, .space: return nil
    case .inexpressible(let points):
      let name = points.highDynamicRange ?? points.name
      return
        "\(format.name) cannot say that the colours are \(name), as the PNG's cICP does: they will look different"
    case .profile:
      return profile(isGray: isGray) == nil ? Self.leavesOutProfile(format) : nil
    }
  }

  private static func leavesOutProfile(_ format: PictureFormat) -> String {
    "the colour profile does not fit the pixels of the \(format.name) and is left out"
  }

  /// The profile of a PNG's iCCP.
  func profileChunk(isGray: Bool) -> [UInt8]? {
    guard let iccProfile,
      ICCProfile.complaint(about: iccProfile, space: isGray ? .gray : .rgb) == nil
    else { return nil }
    return iccProfile
  }
}
