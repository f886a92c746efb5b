// swift-tools-version: 6.2

import PackageDescription

// Dependencies are acyclic: the executable → DevServer → libraries → WireJSON. No target depends on the root package.
let package = Package(
    name: "traced-lambda-workbench",
    products: [
        .executable(name: "traced-lambda", targets: ["traced-lambda"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CProcess"),
        // Embedded in the executable, so that a user can move it as one file.
        .target(name: "CViewerAssets", exclude: ["Assets"]),
        .target(name: "WireJSON"),
        .target(
            name: "OTLPSchema",
            dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")]
        ),
        .target(name: "TraceModel", dependencies: ["WireJSON"]),
        .target(name: "TraceTree", dependencies: ["TraceModel", "WireJSON"]),
        .target(
            name: "LoopbackHTTP",
            dependencies: [
                "WireJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ]
        ),
        .target(
            name: "RuntimeAPI",
            dependencies: [
                "LoopbackHTTP", "WireJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(name: "TriggerEnvelopes", dependencies: ["WireJSON"]),
        .target(name: "ProjectTemplates"),
        .target(
            name: "InvokeAPI",
            dependencies: [
                "CZlib", "LoopbackHTTP", "RuntimeAPI", "TriggerEnvelopes", "WireJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "OTLPWire",
            dependencies: [
                "CZlib", "OTLPSchema", "TraceModel", "WireJSON",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]
        ),
        .target(
            name: "TraceDatabase",
            dependencies: ["OTLPWire", "TraceModel", "WireJSON", .product(name: "GRDB", package: "GRDB.swift")]
        ),
        .target(
            name: "Collector",
            dependencies: [
                "LoopbackHTTP", "OTLPWire", "TraceModel", "WireJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        .target(
            name: "Viewer",
            dependencies: [
                "CViewerAssets", "LoopbackHTTP", "OTLPWire", "TraceDatabase", "TraceModel", "TriggerEnvelopes",
                "WireJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "DevServer",
            dependencies: [
                "CProcess", "Collector", "InvokeAPI", "LoopbackHTTP", "RuntimeAPI", "TraceModel", "TraceTree",
                "WireJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .executableTarget(
            name: "traced-lambda",
            dependencies: [
                "Collector", "DevServer", "InvokeAPI", "LoopbackHTTP", "OTLPWire", "ProjectTemplates", "RuntimeAPI",
                "TraceDatabase", "TraceModel", "TraceTree", "TriggerEnvelopes", "Viewer", "WireJSON",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .testTarget(
            name: "DevServerTests",
            dependencies: [
                "CZlib", "Collector", "DevServer", "InvokeAPI", "LoopbackHTTP", "OTLPSchema", "OTLPWire",
                "ProjectTemplates", "RuntimeAPI", "TraceDatabase", "TraceModel", "TraceTree", "TriggerEnvelopes",
                "Viewer", "WireJSON",
                // A dependency, so that it is built and its exit status can be tested.
                "traced-lambda",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Fixtures"]
        ),
    ]
)

// The settings of all Swift targets: upcoming features that Swift 7 enables by default.
for target in package.targets where target.type != .system && !["CProcess", "CViewerAssets"].contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
