/// The version of the library and of the command, in one place.
public let upscaleVersion = "0.1.0"
