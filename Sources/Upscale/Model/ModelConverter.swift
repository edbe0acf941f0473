/// Brings weight files into the one form that is shipped.
public enum ModelConverter {
  /// Reads any model that `Model.load` reads, and writes it as `.safetensors` under official names.
  ///
  /// Nothing is rounded: every tensor keeps its numbers and their element type. The same input
  /// gives the same bytes. `output` appears complete or not at all; it may be the input itself.
  ///
  /// - Throws: as `Model.load` for the input; `.usage` if `output` does not end in `.safetensors`;
  ///   `.cannotCreate`, `.permission` or `.inputOutput` if it cannot be written.
  public static func convert(input: String, output: String) throws(UpscaleError) {
    guard output.hasSuffix(".safetensors") else {
      throw UpscaleError(.usage, "\(output): the converted model's name must end in .safetensors")
    }
    let model = try Model.load(path: input)
    let inputName = BytePath(bytes: BytePath(input).name).text
    let bytes = SafeTensors.encode(
      model.tensors,
      metadata: ["format": "pt", "origin": model.metadata["origin"] ?? inputName])
    try OutputFile.write(bytes, to: output)
  }
}
