import Glibc
import TestSupport
import Testing

@testable import Upscale

@Suite("Models by name") struct ModelLibraryTests {
  @Test("Names are looked for in the catalogue, the folder and as paths, in this order")
  func places() throws {
    try withModelDirectory { directory in
      let library = ModelLibrary(folder: ModelFolder(directory: directory))
      for name in ["mine.pth", "realesrgan-x4plus.safetensors"] {
        try writeBytes([1], "\(directory)/\(name)")
      }
      func place(_ text: String) throws -> String {
        try library.place(of: ModelReference(text)).path
      }
      #expect(try place("mine") == directory + "/mine.pth")
      #expect(try place("mine.pth") == directory + "/mine.pth")
      #expect(try !place("realesrgan-x4plus").hasPrefix(directory))
      #expect(try place("no/mine.pth") == "no/mine.pth")
      #expect(try place("other.pth") == "other.pth")
      expectRefusal(.badModel, "'yours'", directory, "span-x4") { _ = try place("yours") }
    }
  }

  @Test("A model of the folder loads, and has the digest of its file")
  func load() throws {
    try withModelDirectory { directory in
      let library = ModelLibrary(folder: ModelFolder(directory: directory))
      let bytes = try encodedSafeTensors(compactTensors())
      try writeBytes(bytes, directory + "/4x-Mine.safetensors")
      let reference = ModelReference("4x-Mine")
      let model = try reference.load(from: library)
      #expect(model.name == "4x-Mine" && model.architecture.scale == 2)
      #expect(try reference.digest(in: library) == bytes.withUnsafeBytes(SHA256.hexDigest))
    }
  }

  @Test("A list goes on after whatever is no model, and says why")
  func list() throws {
    try withModelDirectory { directory in
      let good = try encodedSafeTensors(compactTensors())
      try writeBytes(good, directory + "/good.safetensors")
      try writeBytes(good, directory + "/span-x4.safetensors")
      try writeBytes(good, directory + "/good.pth")
      try writeBytes([1, 2, 3], directory + "/bad.ckpt")
      try writeBytes(Array("7767517\n".utf8), directory + "/graph.param")
      try #require(mkfifo(directory + "/fifo.pth", 0o600) == 0)
      try #require(symlink(directory + "/loop.pth", directory + "/loop.pth") == 0)
      try #require(symlink("nowhere", directory + "/lost.pt") == 0)
      try #require(symlink(directory, directory + "/self.pth") == 0)
      let list = try ModelLibrary(folder: ModelFolder(directory: directory)).list()
      let catalog = try ModelCatalog.standard()
      #expect(list.models.map(\.name) == catalog.entries.map(\.name) + ["good"])
      let refused = list.unusable.map {
        ($0.path.split(separator: "/").last ?? "", $0.reason.cause)
      }
      #expect(
        refused.map(\.0) == [
          "bad.ckpt", "fifo.pth", "good.pth", "graph.param", "loop.pth", "lost.pt",
          "span-x4.safetensors",
        ])
      for (name, cause) in refused {
        #expect(cause == (name == "loop.pth" ? .inputOutput : .badModel), "\(name)")
      }
      let found = try #require(list.models.last)
      #expect(found.byteCount == good.count && found.licence == nil && found.entry == nil)
      #expect(
        list.models[0].licence == "BSD-3-Clause" && list.models[0].architecture.relativeCost == 1)
    }
  }

  @Test("Weights are recognised in another file and in half precision")
  func officialNames() throws {
    try withModelDirectory { directory in
      let library = ModelLibrary(folder: nil)
      let catalog = try ModelCatalog.standard()
      let entry = try #require(catalog.entries.first { $0.name == "span-x2" })
      for isHalved in [false, true] {
        let path = directory + "/x.safetensors"
        try ModelConverter.convert(input: catalog.path(of: entry), output: path, isHalved: isHalved)
        let model = try Model.load(path: path)
        #expect(try library.officialName(of: model, sha256: "") == "span-x2")
        #expect(isHalved == (model.elementTypes == [.float16]))
      }
      let other = try Model(name: "x", tensors: compactTensors())
      #expect(try library.officialName(of: other, sha256: "") == nil)
      for known in KnownWeights.all {
        #expect(try library.officialName(of: other, sha256: known.sha256) == known.name)
        #expect(KnownWeights.find(byteCount: known.byteCount) { known.sha256 } == known)
        #expect(KnownWeights.find(byteCount: known.byteCount) { "0" } == nil)
      }
    }
  }

  @Test("Float16 holds numbers up to 65504")
  func halfRange() throws {
    try withModelDirectory { directory in
      var tensors = compactTensors()
      tensors["body.0.bias"] = Tensor(shape: [4], floats: [1, 65_504, 1 / 3, 65_520])
      try writeBytes(try encodedSafeTensors(tensors), directory + "/x.safetensors")
      func convert(_ isHalved: Bool) throws {
        try ModelConverter.convert(
          input: directory + "/x.safetensors", output: directory + "/y.safetensors",
          isHalved: isHalved)
      }
      expectRefusal(.badModel, "x.safetensors", "'body.0.bias'", "65504") { try convert(true) }
      try convert(false)
      tensors["body.0.bias"] = Tensor(shape: [4], floats: [1, 65_504, 1 / 3, 65_519])
      try writeBytes(try encodedSafeTensors(tensors), directory + "/x.safetensors")
      try convert(true)
      let read = try Model.load(path: directory + "/y.safetensors")
      #expect(try read.floats("body.0.bias") == [1, 65_504, Float(Float16(1.0 / 3)), 65_504])
    }
  }
}
