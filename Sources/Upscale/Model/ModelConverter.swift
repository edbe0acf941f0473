import Glibc

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
    let inputName = input.split(separator: "/").last.map(String.init) ?? input
    let bytes = SafeTensors.encode(
      model.tensors,
      metadata: ["format": "pt", "origin": model.metadata["origin"] ?? inputName])
    do throws(UpscaleError) {
      try write(bytes, to: output)
    } catch {
      throw error.prefixed(output)
    }
  }

  /// Writes a file whole: under a temporary name beside it, synchronised, then renamed.
  private static func write(_ bytes: [UInt8], to path: String) throws(UpscaleError) {
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[...$0]) } ?? ""
    let number = UInt32.random(in: 0 ... .max)
    let temporary = "\(directory).upscale-\(getpid())-\(String(number, radix: 16)).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let kind: UpscaleError.Kind = [EACCES, EPERM].contains(errno) ? .permission : .cannotCreate
      throw UpscaleError(kind, "cannot be created: \(String(cString: strerror(errno)))")
    }
    var failure: Int32 = writeAll(bytes, to: descriptor)
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(temporary, path) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(temporary)
      throw UpscaleError(.inputOutput, "cannot be written: \(String(cString: strerror(failure)))")
    }
  }

  /// Writes everything, or returns the error number.
  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { bytes in
      var position = 0
      while position < bytes.count {
        let written = Glibc.write(
          descriptor, bytes.baseAddress.map { $0 + position }, bytes.count - position)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return written < 0 ? errno : EIO }
        position += written
      }
      return 0
    }
  }
}
