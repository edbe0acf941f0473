import Glibc
import Testing

@testable import Upscale

/// Calls `body` with the path of a new directory that is removed afterwards.
func withModelDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  var template = Array("/tmp/upscale-model-XXXXXX".utf8CString)
  let isMade = mkdtemp(&template) != nil
  try #require(isMade)
  let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  defer {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
      }
      closedir(folder)
    }
    rmdir(path)
  }
  return try body(path)
}

func writeBytes(_ bytes: [UInt8], _ path: String) throws {
  let file = try #require(fopen(path, "wb"))
  let written = bytes.isEmpty ? 0 : fwrite(bytes, 1, bytes.count, file)
  try #require(fclose(file) == 0 && written == bytes.count)
}

func readBytes(_ path: String) throws -> [UInt8] {
  let file = try WeightFile(path: path)
  return try file.copy(0..<file.count)
}

/// Expects `body` to throw an `UpscaleError` of a cause whose message contains all `parts`.
func expectRefusal(
  _ cause: UpscaleError.Cause = .badModel, _ parts: String...,
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was refused", sourceLocation: sourceLocation)
  } catch let error as UpscaleError {
    #expect(error.cause == cause, sourceLocation: sourceLocation)
    for part in parts {
      #expect(error.message.contains(part), "in: \(error)", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}

/// A safetensors file with this header and data, right or wrong.
func safeTensorsFile(_ header: String, data: [UInt8] = []) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
    + data
}

/// The bytes of a safetensors file with these tensors.
func encodedSafeTensors(_ tensors: [String: Tensor], metadata: [String: String] = [:]) throws
  -> [UInt8]
{
  var bytes: [UInt8] = []
  try SafeTensors.write(tensors, metadata: metadata) { bytes.append(contentsOf: $0) }
  return bytes
}

/// Reads the bytes as a safetensors file.
func readSafeTensors(_ bytes: [UInt8]) throws -> SafeTensors {
  try withModelDirectory { directory in
    try writeBytes(bytes, directory + "/x.safetensors")
    return try SafeTensors(file: WeightFile(path: directory + "/x.safetensors"))
  }
}

/// Numbers that differ from each other, for tensors whose content a test looks at.
func distinctTensor(_ shape: [Int], from start: Float = 0) -> Tensor {
  Tensor(shape: shape, floats: (0..<shape.reduce(1, *)).map { start + Float($0) / 8 })
}

private func addConvolution(
  _ tensors: inout [String: Tensor], _ name: String, _ inputs: Int, _ outputs: Int
) {
  tensors["\(name).weight"] = distinctTensor([outputs, inputs, 3, 3])
  tensors["\(name).bias"] = distinctTensor([outputs], from: 1)
}

/// All tensors of an RRDBNet under official names.
func rrdbTensors(
  inputs: Int = 3, outputs: Int = 3, features: Int = 6, growth: Int = 2, blocks: Int = 1,
  upsamplings: Int = 2
) -> [String: Tensor] {
  var tensors: [String: Tensor] = [:]
  addConvolution(&tensors, "conv_first", inputs, features)
  for block in 0..<blocks {
    for dense in 1...3 {
      for layer in 1...5 {
        addConvolution(
          &tensors, "body.\(block).rdb\(dense).conv\(layer)", features + (layer - 1) * growth,
          layer < 5 ? growth : features)
      }
    }
  }
  addConvolution(&tensors, "conv_body", features, features)
  for stage in 0..<upsamplings {
    addConvolution(&tensors, "conv_up\(stage + 1)", features, features)
  }
  addConvolution(&tensors, "conv_hr", features, features)
  addConvolution(&tensors, "conv_last", features, outputs)
  return tensors
}

/// All tensors of an SRVGGNetCompact under official names.
func compactTensors(
  inputs: Int = 3, outputs: Int = 3, features: Int = 4, convolutions: Int = 2, scale: Int = 2
) -> [String: Tensor] {
  var tensors: [String: Tensor] = [:]
  let last = 2 * convolutions + 2
  for index in 0...last {
    if index % 2 == 1 {
      tensors["body.\(index).weight"] = distinctTensor([features])
    } else {
      addConvolution(
        &tensors, "body.\(index)", index == 0 ? inputs : features,
        index == last ? outputs * scale * scale : features)
    }
  }
  return tensors
}
