import TestSupport
import Testing

@testable import Upscale

@Suite("Names and files of models")
struct ModelReferenceTests {
  @Test("A suffix tells a file from a name")
  func suffixes() {
    #expect(ModelReference("realesrgan-x4plus") == .name("realesrgan-x4plus"))
    #expect(ModelReference("weights/x.safetensors") == .file("weights/x.safetensors"))
    #expect(ModelReference("x.param") == .file("x.param"))
    for name in ["x.pth", "x.pt", "x.ckpt"] { #expect(ModelReference(name) == .file(name)) }
    #expect(ModelReference("x.bin") == .name("x.bin"))
    #expect(ModelReference("").files.isEmpty)
  }

  @Test("An ncnn graph is two files")
  func files() {
    #expect(ModelReference("a/x.param").files == ["a/x.param", "a/x.bin"])
    #expect(ModelReference("a/x.safetensors").files == ["a/x.safetensors"])
    #expect(ModelReference("realesrgan-x4plus").files.isEmpty)
  }

  @Test("The digest of a name is the catalogue's, that of its file the same")
  func digests() throws {
    let catalog = try ModelCatalog.standard()
    for entry in catalog.entries {
      #expect(try ModelReference(entry.name).digest() == entry.sha256)
      let path = "\(catalog.directory)/\(entry.file)"
      #expect(try ModelReference(path).digest() == entry.sha256)
    }
  }

  @Test("A file that is not there is named")
  func missing() {
    for path in ["/nowhere/x.safetensors", "/nowhere/x.param", "/nowhere/x"] {
      let error = #expect(throws: UpscaleError.self) { try ModelReference(path).digest() }
      #expect(error?.message.contains(path) == true)
    }
  }
}
