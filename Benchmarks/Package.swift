// swift-tools-version: 6.2

import PackageDescription

// The driver of `./build.sh bench`. It imports nothing of the root package, because it measures processes.
let package = Package(
    name: "traced-lambda-benchmarks",
    products: [
        .executable(name: "Bench", targets: ["Bench"])
    ],
    targets: [
        .target(name: "CSystem"),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .executableTarget(name: "Bench", dependencies: ["CSystem", "COpenSSL"]),
        .testTarget(name: "BenchTests", dependencies: ["Bench"]),
    ]
)

// All Swift targets use the same settings: each upcoming feature enables a rule that Swift 7 makes the default.
for target in package.targets where [.executable, .test].contains(target.type) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
