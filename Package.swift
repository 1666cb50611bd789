// swift-tools-version: 6.1
import PackageDescription

/// The release build drops run-time checks that the language makes redundant here: every object that a loop
/// touches belongs to that loop alone, so exclusive access is a matter of design, tested under ThreadSanitizer.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let package = Package(
    name: "counter-server",
    products: [
        .executable(name: "counter-server", targets: ["CounterServer"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibevent", pkgConfig: "libevent", providers: [.apt(["libevent-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "HTTPServer", dependencies: ["CLibevent", "CLinux"], swiftSettings: settings),
        .target(name: "Counter", dependencies: ["CLinux"], swiftSettings: settings),
        .target(
            name: "Assets",
            resources: [.embedInCode("index.html"), .embedInCode("openapi.yaml")],
            swiftSettings: settings),
        .executableTarget(
            name: "CounterServer",
            dependencies: [
                "Assets", "HTTPServer", "Counter", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(name: "HTTPServerTests", dependencies: ["HTTPServer"], swiftSettings: settings),
        .testTarget(name: "CounterTests", dependencies: ["Counter"], swiftSettings: settings),
        .testTarget(name: "CounterServerTests", dependencies: ["CounterServer"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
