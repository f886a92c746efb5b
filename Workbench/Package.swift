// swift-tools-version: 6.2

import PackageDescription

// Each target depends on those before it. Of the root package they use the events of triggers only.
let package = Package(
    name: "traced-lambda-workbench",
    products: [
        .executable(name: "traced-lambda", targets: ["traced-lambda"])
    ],
    dependencies: [
        .package(name: "swift-traced-lambda", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
    ],
    targets: [
        // Processes, zlib, and the files of the viewer and of new packages, embedded so that the executable is one file.
        .target(name: "CShims", exclude: ["Assets", "Templates"], linkerSettings: [.linkedLibrary("z")]),
        .target(
            name: "OTLP",
            dependencies: [
                "CShims",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]
        ),
        .target(
            name: "Traces",
            dependencies: [
                "CShims", "OTLP",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "LocalLambda",
            dependencies: [
                "CShims", "OTLP", "Traces",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "TestEvents", package: "swift-traced-lambda"),
            ]
        ),
        .executableTarget(
            name: "traced-lambda",
            dependencies: [
                "CShims", "LocalLambda", "OTLP", "Traces",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "TestEvents", package: "swift-traced-lambda"),
            ]
        ),
        .target(name: "TestSupport", dependencies: ["OTLP"], path: "Tests/TestSupport", exclude: ["Fixtures"]),
        .testTarget(
            name: "OTLPTests",
            dependencies: [
                "CShims", "OTLP", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TracesTests",
            dependencies: ["OTLP", "TestSupport", "Traces", .product(name: "GRDB", package: "GRDB.swift")]
        ),
        .testTarget(
            name: "LocalLambdaTests",
            dependencies: [
                "LocalLambda", "OTLP", "TestSupport", "Traces",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "OTLP", "TestSupport", "traced-lambda",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
    ]
)

// The settings of all Swift targets: upcoming features that Swift 7 enables by default.
for target in package.targets where target.name != "CShims" {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
