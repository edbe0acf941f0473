// swift-tools-version:6.2
import PackageDescription

// Targets that compute are optimised in debug builds too: the test suite runs real networks.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Flags of a kernel target: optimised, and compiled for one CPU level.
///
/// `-Xcc -march` also steers Swift's own code generation (swiftc has no flag for x86-64 levels).
func kernels(_ level: String) -> [SwiftSetting] {
  [.unsafeFlags(["-O", "-Xcc", "-march=\(level)"])]
}

/// Debug builds hold the kernels of every architecture that are generic enough to run on this one:
/// tests keep them from rotting.
let allLevels: SwiftSetting = .define("UPSCALE_ALL_LEVELS", .when(configuration: .debug))

#if arch(x86_64)
  let levelTargets: [Target] = [
    .target(
      name: "UpscaleKernelsAVX2", dependencies: ["UpscaleKernels", "CKernelIntrinsics"],
      swiftSettings: kernels("x86-64-v3")),
    .target(
      name: "UpscaleKernelsAVX512", dependencies: ["UpscaleKernels", "CKernelIntrinsics"],
      swiftSettings: kernels("x86-64-v4")),
  ]
#else
  let levelTargets: [Target] = []
#endif

let package = Package(
  name: "upscale",
  products: [
    .executable(name: "upscale", targets: ["UpscaleCLI"]),
    .library(name: "Upscale", targets: ["Upscale"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    // C libraries, as the system has them.
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .systemLibrary(
      name: "CWebP", pkgConfig: "libwebp libwebpmux libwebpdemux",
      providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CExif", pkgConfig: "libexif", providers: [.apt(["libexif-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

    // Thin C: what Swift cannot say (setjmp, macros, CPU feature probes).
    .target(name: "CImageCodecs", dependencies: ["CPNG", "CJPEG", "CWebP", "CExif", "CZlib"]),
    .target(name: "CPlatform"),
    .target(name: "CCurl"),
    .target(name: "CLCMS"),

    .target(name: "CKernelIntrinsics"),

    // The hot loops: one generic source, instantiated once for each CPU level. Compiled as a whole, since
    // without that no generic code of another file is specialised: 90 times slower at the baseline level.
    .target(
      name: "UpscaleKernels", dependencies: ["CKernelIntrinsics"],
      swiftSettings: [
        .unsafeFlags(["-O"]),
        .unsafeFlags(["-wmo", "-num-threads", "2"], .when(configuration: .debug)), allLevels,
      ]),

    // Files and streams, memory, threads, the machine: the only one that calls the system.
    .target(name: "SystemSupport", dependencies: ["CPlatform"], swiftSettings: optimised),
    // Pixels, and the files that hold them.
    .target(
      name: "Pictures", dependencies: ["CImageCodecs", "CLCMS", "SystemSupport"],
      swiftSettings: optimised),
    // The core library: models, networks, tiles.
    .target(
      name: "Upscale",
      dependencies: ["CNettle", "Pictures", "SystemSupport", "UpscaleKernels"]
        + levelTargets.map { .byName(name: $0.name) },
      swiftSettings: optimised),
    .target(name: "BatchMode", dependencies: ["Upscale"], swiftSettings: optimised),
    .target(
      name: "BotMode", dependencies: ["CCurl", "CSQLite", "Upscale"],
      swiftSettings: optimised),
    .executableTarget(
      name: "UpscaleCLI",
      dependencies: [
        "BatchMode", "BotMode", "Upscale",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // The networks by their definitions: what the tests compare with, and the code of the
    // documentation's first article.
    .target(name: "NaiveNetworks", path: "Tests/NaiveNetworks", swiftSettings: optimised),
    .executableTarget(
      name: "naive-forward", dependencies: ["NaiveNetworks", "Upscale"], path: "Tests/NaiveForward"),
    .target(
      name: "TestSupport", dependencies: ["NaiveNetworks", "Upscale"], path: "Tests/TestSupport",
      swiftSettings: optimised),
    // Apart, since only builds of tests find the testing library.
    .target(
      name: "TestTraits", dependencies: ["Upscale"], path: "Tests/TestTraits",
      swiftSettings: optimised),
    .testTarget(
      name: "UpscaleKernelsTests", dependencies: ["Upscale", "UpscaleKernels", "TestSupport"],
      swiftSettings: optimised + [allLevels]),
    .testTarget(
      name: "SystemSupportTests", dependencies: ["SystemSupport", "TestSupport"],
      swiftSettings: optimised),
    .testTarget(
      name: "PicturesTests", dependencies: ["Pictures", "SystemSupport", "TestSupport"],
      swiftSettings: optimised),
    .testTarget(
      name: "UpscaleTests", dependencies: ["NaiveNetworks", "Upscale", "TestSupport"],
      swiftSettings: optimised),
    .testTarget(
      name: "BatchModeTests", dependencies: ["BatchMode", "Upscale", "TestSupport"],
      swiftSettings: optimised),
    // A strict Bot API server of our own: in the tests' process, and as a program for scripts.
    .target(name: "FakeBotAPI", path: "Tests/FakeBotAPI", swiftSettings: optimised),
    .executableTarget(
      name: "fake-bot-api", dependencies: ["FakeBotAPI"], path: "Tests/FakeBotAPIServer"),
    // Looks for the pictures that fast precision serves worst.
    .executableTarget(
      name: "fast-search", dependencies: ["TestSupport", "Upscale"], path: "Tests/FastSearch",
      swiftSettings: optimised),
    .testTarget(name: "FakeBotAPITests", dependencies: ["FakeBotAPI"]),
    // Tries every way out of the worker's sandbox.
    .target(name: "CSandboxTries", path: "Tests/CSandboxTries"),
    .executableTarget(
      name: "sandbox-probe", dependencies: ["BotMode", "CSandboxTries"],
      path: "Tests/SandboxProbe"),
    .testTarget(
      name: "BotModeTests",
      dependencies: ["BotMode", "FakeBotAPI", "Upscale", "TestSupport", "TestTraits"],
      swiftSettings: optimised),
    .testTarget(
      name: "UpscaleCLITests",
      dependencies: ["UpscaleCLI", "FakeBotAPI", "Upscale", "TestSupport", "TestTraits"],
      exclude: ["Help"]),
  ] + levelTargets,
  swiftLanguageModes: [.v6]
)
for target in package.targets where target.type != .system && target.type != .plugin {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
