package import Upscale

/// What `upscale batch` was asked to do.
package struct BatchRequest: Sendable {
  /// Folders and files.
  package var inputs: [BytePath]
  /// Files named by a list, below the only input, or as they are.
  package var listed: [BytePath]?
  /// The folder of outputs.
  package var output: BytePath
  package var settings: BatchSettings
  package var template = NameTemplate.standard
  package var scan = FolderScan()
  /// Whether all outputs go into one folder.
  package var isFlat = false
  package var shard: Shard?
  /// Whether outputs that exist are kept as they are.
  package var keepsExisting = false
  /// Whether pictures are done again that the journal says are done.
  package var isForced = false
  package var limits = PictureLimits()
  /// Threads that compute.
  package var threads: Int
  /// What the process may hold.
  package var budget: MemoryBudget
  /// Translates failures into the codes and sentences of the journal.
  package var wording: BatchFailure.Wording

  package init(
    inputs: [BytePath], output: BytePath, settings: BatchSettings, threads: Int,
    budget: MemoryBudget = MemoryBudget(), wording: @escaping BatchFailure.Wording
  ) {
    self.inputs = inputs
    self.output = output
    self.settings = settings
    self.threads = threads
    self.budget = budget
    self.wording = wording
  }

  /// Looks for the pictures.
  ///
  /// The outputs of a single folder, and of single files, lie directly in the folder of outputs. With
  /// several folders, each has a folder of its name there.
  ///
  /// - Throws: `.noInput` and the like for an input that was named and cannot be read.
  package func find() throws(UpscaleError) -> Findings {
    var findings = Findings()
    if let listed {
      for path in listed {
        let relative = FileList.place(of: path)
        let isAbsolute = path.bytes.first == UInt8(ascii: "/")
        let file = isAbsolute ? path : (inputs.first ?? BytePath("")).appending(path)
        FileExamination.examine(file, relative: relative, isNamed: true, into: &findings)
      }
      return findings
    }
    var scan = scan
    scan.outputFolder = output.status()?.identity
    let folderCount = inputs.count { $0.status()?.isFolder == true }
    for input in inputs {
      if input == BytePath("-"), input.status() == nil {
        throw UpscaleError(
          .inputIsStream, "'-' is no input of a batch: name a folder or files")
      }
      let status = try FileExamination.status(of: input)
      guard status.isFolder else {
        FileExamination.examine(
          input, relative: BytePath(bytes: input.name), isNamed: true, into: &findings)
        continue
      }
      let place = folderCount > 1 ? FileList.place(of: input).name : []
      try scan.scan(input, place: BytePath(bytes: place), into: &findings)
    }
    return findings
  }

  /// Whether outputs come to lie in a folder of inputs, so that a later run finds them there.
  package func mixes(_ findings: Findings) -> Bool {
    if let folder = output.status()?.identity,
      inputs.contains(where: { $0.status()?.identity == folder })
    {
      return true
    }
    var checked: Set<BytePath> = []
    for picture in findings.pictures {
      let source = picture.path.folder
      guard checked.insert(source).inserted else { continue }
      let place = picture.relative.folder
      let target = isFlat || place == BytePath(".") ? output : output.appending(place)
      if let identity = target.status()?.identity, identity == source.status()?.identity {
        return true
      }
    }
    return false
  }
}
