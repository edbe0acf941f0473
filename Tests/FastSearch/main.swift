import Foundation
import Upscale

// Searches for the pictures on which `--precision fast` is worst: half of the given time among random
// pictures, half among changes of the worst.
//
//   fast-search MODEL SECONDS [SIDE [SEED [FOLDER [KIND]]]]
//
// Prints a line when a record falls, and at the end the worst of each kind; FOLDER gets the
// two worst as PNG. With KIND, only random pictures of that kind. Run it in the folder of the package.

let arguments = CommandLine.arguments
guard arguments.count >= 3, let seconds = Double(arguments[2]) else {
  print("fast-search MODEL SECONDS [SIDE [SEED [FOLDER]]]")
  exit(64)
}
let model = try Model.load(path: "weights/\(arguments[1]).safetensors")
var search = try Search(
  model: model, side: arguments.count > 3 ? Int(arguments[3]) ?? 72 : 72,
  seed: arguments.count > 4 ? UInt64(arguments[4]) ?? 1 : 1)
guard search.fast.precision == .fast else {
  print("this CPU has no fast precision")
  exit(1)
}

let start = Date()
let kind = arguments.count > 6 ? arguments[6] : nil
let isRandom = { -start.timeIntervalSinceNow < (kind == nil ? seconds / 2 : seconds) }
while isRandom() { try search.tryKinds(only: kind) }
while -start.timeIntervalSinceNow < seconds { try search.tryMutation() }

print(
  "\(model.name), \(search.fast.cpuLevel.name), \(search.side) a side: \(search.tried) pictures")
for (name, measured) in search.worstOfKinds.sorted(by: { $0.key < $1.key }) {
  print("worst of \(name): \(measured.line)")
}
for (name, worst) in [("psnr", search.worstByPSNR), ("error", search.worstByError)] {
  guard let worst else { continue }
  print("worst by \(name): \(worst.line)")
  if arguments.count > 5 {
    try Data(PictureEncoder.encode(worst.picture, as: .png))
      .write(to: URL(filePath: "\(arguments[5])/\(model.name)-\(name).png"))
  }
}
