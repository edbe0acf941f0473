public import SystemSupport

/// Converts weight files to safetensors, the format of the bundled weights.
public enum ModelConverter {
  /// Reads any model that `Model.load` reads, and writes it as `.safetensors` under official names.
  ///
  /// Nothing is rounded, unless that is asked for: every tensor keeps its numbers and their element type.
  /// The same input gives the same bytes. `output` appears complete or not at all; it may be the input itself. Tensors
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
  ///   - isHalved: whether numbers are rounded to float16, which halves the file.
  public static func convert(
    input: String, output: String, activation: CompactActivation? = nil, isHalved: Bool = false
  ) throws(UpscaleError) {
    guard output.hasSuffix(".safetensors") else {
      throw UpscaleError(.usage, "\(output): the converted model's name must end in .safetensors")
    }
    let model = try Model.load(path: input, hints: ModelHints(activation: activation))
    var tensors = model.tensors
    if isHalved {
      do throws(UpscaleError) {
        tensors = try halved(tensors)
      } catch {
        throw error.prefixed(input)
      }
    }
    let inputName = BytePath(bytes: BytePath(input).name).text
    let stream = try OutputStream(path: output)
    var outputFailure: UpscaleError?
    do throws(UpscaleError) {
      try SafeTensors.write(
        tensors,
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

  /// - Throws: `.badModel` for numbers that float16 does not have.
  private static func halved(_ tensors: [String: Tensor]) throws(UpscaleError) -> [String: Tensor] {
    let tensors = tensors.mapValues(\.halved)
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      guard try tensor.isFinite() else {
        throw UpscaleError(
          .badModel,
          "tensor \(quoted(name)) holds a number beyond 65504, the greatest that float16 has")
      }
    }
    return tensors
  }
}
