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
  /// - Throws: `.noInput` and the like for an input that was named and cannot be read;
  ///   `.usage` when inputs and outputs are one folder.
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
      if status.identity == scan.outputFolder {
        throw UpscaleError(
          .usage,
          "'\(input.text)' and '\(output.text)' are one folder; choose another one for the outputs")
      }
      let place = folderCount > 1 ? FileList.place(of: input).name : []
      try scan.scan(input, place: BytePath(bytes: place), into: &findings)
    }
    return findings
  }
}
