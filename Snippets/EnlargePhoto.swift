// Enlarges a photo to four times its size: EnlargePhoto INPUT OUTPUT WEIGHTS-FOLDER

import Upscale

let names = CommandLine.arguments
let model = try ModelCatalog(directory: names[3]).load("realesr-animevideov3")
let upscaler = try Upscaler(model: model)
let photo = try PictureDecoder.decode(InputFile.read(path: names[1], limit: 512 << 20)).picture
let large = try await upscaler.upscaled(photo)
try OutputFile.write(PictureEncoder.encode(large, as: .png), to: names[2])
