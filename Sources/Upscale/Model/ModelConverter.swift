public import SystemSupport

/// Converts weight files to safetensors, the format of the bundled weights.
public enum ModelConverter {
  /// Reads any model that `Model.load` reads, and writes it as `.safetensors` under official names.
  ///
  /// Nothing is rounded: every tensor keeps its numbers and their element type. The same input
  /// gives the same bytes. `output` appears complete or not at all; it may be the input itself. Tensors
  /// go from one file to the other in pieces, so that a model of any size converts in little memory.
  ///
  /// - Throws: as `Model.load` for the input; `.usage` if `output` does not end in `.safetensors`;
  ///   `.cannotCreate`, `.permission` or `.inputOutput` if it cannot be written.
  ///
  /// - Parameters:
  ///   - input: the file to read.
  ///   - output: the file to write.
  ///   - activation: what follows the convolutions of an SRVGGNetCompact without slopes whose file does
  ///     not say it.
  public static func convert(
    input: String, output: String, activation: CompactActivation? = nil
  ) throws(UpscaleError) {
    guard output.hasSuffix(".safetensors") else {
      throw UpscaleError(.usage, "\(output): the converted model's name must end in .safetensors")
    }
    let model = try Model.load(path: input, hints: ModelHints(activation: activation))
    let inputName = BytePath(bytes: BytePath(input).name).text
    let stream = try OutputStream(path: output)
    var outputFailure: UpscaleError?
    do throws(UpscaleError) {
      try SafeTensors.write(
        model.tensors,
        metadata: ModelHints.metadata(for: model.architecture)
          .merging(["format": "pt", "origin": model.origin ?? inputName]) { $1 }
      ) { piece throws(UpscaleError) in
        do throws(UpscaleError) {
          try stream.write(piece)
        } catch {
          outputFailure = error
          throw error
        }
      }
    } catch {
      // Errors about the output name its path already.
      throw outputFailure ?? error.prefixed(input)
    }
    try model.checkIsUnchanged()
    try stream.finish()
  }
}
