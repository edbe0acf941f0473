import ArgumentParser
import Upscale

/// What is made of the picture's colours.
struct ColorOptions: ParsableArguments {
  @Flag(
    help: """
      Convert the colours to sRGB, from the picture's colour profile or a PNG's colour chunks; needs Little \
      CMS 2. (default: they are kept, with what says which they are)
      """)
  var toSrgb = false

  @Flag(
    help: """
      Undo what the network changes of colour and lightness over wide areas, so that the result looks like \
      the input from afar.
      """)
  var colorFix = false

  var treatment: ColorTreatment {
    ColorTreatment(convertsToSRGB: toSrgb, fixesColors: colorFix)
  }

  /// Refuses what this machine cannot do.
  func check() throws(UpscaleError) {
    if toSrgb, !ColorTransform.load() { throw ColorTransform.missingLibrary }
  }
}
