// Computes the middle of a photo twice, by the definition of a network and with the engine, and prints how
// close the results are: naive-forward PHOTO WEIGHTS-FOLDER MODEL [SIDE]

import Foundation
import NaiveNetworks
import Upscale

let names = CommandLine.arguments
let side = names.count > 4 ? Int(names[4]) ?? 16 : 16
let catalog = try ModelCatalog(directory: names[2])
let model = try catalog.load(names[3])
guard let entry = catalog.entries.first(where: { $0.name == names[3] }) else {
  throw WeightError("the catalogue has no \(names[3])")
}
let weights = try Weights(path: "\(catalog.directory)/\(entry.file)")

let photo = try PictureDecoder.decode(InputFile.read(path: names[1], limit: 512 << 20)).picture
guard photo.layout == .rgb, photo.depth == .eight, min(photo.width, photo.height) >= side else {
  throw WeightError(
    "\(names[1]) is not an 8-bit colour picture of \(side) pixels a side")
}
let (left, top) = ((photo.width - side) / 2, (photo.height - side) / 2)
let planes = Planes(
  samples: photo.bytes.map(Int.init), width: photo.width, channels: 3, maximum: 255
).cropped(columns: left..<left + side, rows: top..<top + side)
let picture = Picture(
  width: side, height: side, layout: .rgb, depth: .eight,
  bytes: planes.samples(maximum: 255).map { UInt8($0) })

let start = ContinuousClock.now
let naive =
  switch model.architecture {
  case .rrdbNet: try NaiveRRDBNet(weights).enlarged(planes)
  case .srvggNetCompact: try NaiveSRVGGNetCompact(weights).enlarged(planes)
  case .span: try NaiveSPAN(weights).enlarged(planes)
  }
let seconds = (ContinuousClock.now - start) / .seconds(1)
let engine = try Upscaler(model: model).upscale(picture, depth: .sixteen)

let squares = zip(
  naive.samples(maximum: 65535),
  engine.bytes.withUnsafeBytes {
    Array($0.bindMemory(to: UInt16.self))
  }
).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
let decibels = 10 * log10(65535 * 65535 * Double(naive.values.count) / max(squares, 1))
print("\(names[3]): \(String(format: "%.1f dB, naively %.2f s", decibels, seconds))")
