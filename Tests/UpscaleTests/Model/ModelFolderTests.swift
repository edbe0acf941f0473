import Glibc
import TestSupport
import Testing

@testable import Upscale

@Suite("The folder of a user's models") struct ModelFolderTests {
  @Test(
    "What is chosen goes before the variable, and that before the XDG folders",
    arguments: [
      ("a", ["UPSCALE_MODELS": "/b", "XDG_DATA_HOME": "/c", "HOME": "/d"], "a"),
      (nil, ["UPSCALE_MODELS": "b", "XDG_DATA_HOME": "/c", "HOME": "/d"], "b"),
      (nil, ["XDG_DATA_HOME": "/c", "HOME": "/d"], "/c/upscale/models"),
      (
        nil, ["UPSCALE_MODELS": "", "XDG_DATA_HOME": "c", "HOME": "/d"],
        "/d/.local/share/upscale/models"
      ),
      (nil, [:], nil),
    ] as [(String?, [String: String], String?)])
  func precedence(chosen: String?, variables: [String: String], expected: String?) {
    let folder = ModelFolder.standard(chosen: chosen) { variables[$0] }
    #expect(folder?.directory == expected)
    #expect(
      folder?.isChosen == (expected == "a" || expected == "b" ? true : expected.map { _ in false }))
  }

  @Test("A name is found with each ending, by the order of the endings")
  func names() throws {
    try withModelDirectory { directory in
      let folder = ModelFolder(directory: directory)
      #expect(try folder.file(of: "net") == nil)
      for ending in [".param", ".ckpt", ".pt", ".pth", ".safetensors"] {
        try writeBytes([1], "\(directory)/net\(ending)")
        #expect(try folder.file(of: "net") == "\(directory)/net\(ending)")
      }
      #expect(try folder.file(of: "net.pth") == "\(directory)/net.pth")
      #expect(try folder.file(of: "net.bin") == nil)
      for name in ["", "../net", "/etc/passwd", ".", String(repeating: "n", count: 300)] {
        #expect(try folder.file(of: name) == nil, "\(name)")
      }
    }
  }

  @Test("A chosen folder must be there, the usual one need not")
  func missing() throws {
    try withModelDirectory { directory in
      let path = directory + "/none"
      expectRefusal(.configuration, path) { _ = try ModelFolder(directory: path).file(of: "x") }
      let usual = ModelFolder(directory: path, isChosen: false)
      #expect(try usual.file(of: "x") == nil)
      #expect(try usual.files().names.isEmpty)
      try writeBytes([1], path)
      expectRefusal(.configuration, path, "not a folder") { _ = try usual.files() }
    }
  }

  @Test("Only weight files are listed, in order")
  func files() throws {
    try withModelDirectory { directory in
      for name in [
        "b.pth", "a.safetensors", "a.bin", ".hidden.pth", "notes.txt", ".pth", "c.param",
      ] {
        try writeBytes([1], "\(directory)/\(name)")
      }
      let files = try ModelFolder(directory: directory).files()
      #expect(files.names.map(\.text) == ["a.safetensors", "b.pth", "c.param"] && !files.isCut)
    }
  }
}
