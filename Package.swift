// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "swift-traced-lambda",
    // Lambda runs Linux; macOS is for a handler's tests. Synchronization's Mutex needs this version.
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "TracedLambda", targets: ["TracedLambda"]),
        .library(name: "TracedLambdaModels", targets: ["TracedLambdaModels"]),
        .library(name: "TracedLambdaTesting", targets: ["TracedLambdaTesting"]),
        // Part of TracedLambdaTesting; the workbench makes its events with it.
        .library(name: "TestEvents", targets: ["TestEvents"]),
        .plugin(name: "PackageLambda", targets: ["PackageLambda"]),
        .executable(name: "HelloSession", targets: ["HelloSession"]),
        .executable(name: "QueueWorker", targets: ["QueueWorker"]),
        .executable(name: "AgentAPI", targets: ["AgentAPI"]),
        .executable(name: "Orchestrator", targets: ["Orchestrator"]),
        .executable(name: "Responder", targets: ["Responder"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
    ],
    targets: [
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CProcess"),
        .target(name: "CChecksum"),
        // The only targets with code for one operating system, beside those in C.
        .target(name: "Platform"),
        .target(name: "PlatformFoundation"),
        // The texts of the wire: JSON, percent-encoding, hexadecimal, base64, header fields, dates. Used by all below.
        .target(name: "WireText", dependencies: ["Platform"]),
        .target(name: "CurlTransport", dependencies: ["CCurl", "WireText", "Platform"]),
        .target(
            name: "SessionTracing",
            dependencies: [
                "WireText", "Platform", "PlatformFoundation",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "TriggerContext", dependencies: ["SessionTracing", "WireText"]),
        .target(name: "TriggerEvents", dependencies: ["SessionTracing", "WireText", "PlatformFoundation"]),
        .target(
            name: "SpanExport",
            dependencies: ["SessionTracing", "CurlTransport", "WireText", "CZlib", "Platform", "PlatformFoundation"]
        ),
        .target(
            name: "SpanJournal",
            dependencies: ["SessionTracing", "WireText", "CChecksum", "Platform", "PlatformFoundation"]
        ),
        // The HTTP client of handlers, over libcurl, with a span for each exchange.
        .target(
            name: "HTTPCalls",
            dependencies: [
                "CurlTransport", "SessionTracing", "WireText", "Platform", "PlatformFoundation",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .target(
            name: "TracedLambda",
            dependencies: [
                "CProcess", "CurlTransport", "HTTPCalls", "SessionTracing", "TriggerContext", "TriggerEvents",
                "SpanExport",
                "SpanJournal", "WireText", "Platform", "PlatformFoundation",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        // Events of all triggers, from a few values; also for the workbench.
        .target(
            name: "TestEvents",
            dependencies: ["SessionTracing", "TriggerEvents", "WireText", "CZlib", "PlatformFoundation"]
        ),
        // A client of language models: a product of its own, which a function without it does not carry.
        .target(
            name: "TracedLambdaModels",
            dependencies: [
                "TracedLambda", "HTTPCalls", "CurlTransport", "SpanExport", "SessionTracing", "WireText",
                "PlatformFoundation",
            ]
        ),
        .target(
            name: "TracedLambdaTesting",
            dependencies: [
                "TestEvents", "TracedLambda", "HTTPCalls", "CurlTransport", "SessionTracing", "WireText",
                "PlatformFoundation",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .plugin(
            name: "PackageLambda",
            capability: .command(
                intent: .custom(
                    verb: "package-lambda",
                    description: "Make a Lambda package of an executable product: package-lambda PRODUCT [--container]"
                ),
                permissions: [.writeToPackageDirectory(reason: "The package is written to .build/lambda.")]
            )
        ),
        .executableTarget(
            name: "HelloSession",
            dependencies: ["TracedLambda"],
            path: "Examples/HelloSession",
            exclude: ["Tests"],
            sources: ["Sources"]
        ),
        .testTarget(
            name: "HelloSessionTests",
            dependencies: ["HelloSession", "TracedLambda", "TracedLambdaTesting"],
            path: "Examples/HelloSession/Tests"
        ),
        .executableTarget(
            name: "QueueWorker",
            dependencies: ["TracedLambda"],
            path: "Examples/QueueWorker",
            exclude: ["Tests", "README.md"],
            sources: ["Sources"]
        ),
        .testTarget(
            name: "QueueWorkerTests",
            dependencies: ["QueueWorker", "TracedLambda", "TracedLambdaTesting"],
            path: "Examples/QueueWorker/Tests"
        ),
        .executableTarget(
            name: "AgentAPI",
            dependencies: ["TracedLambda", "TracedLambdaModels"],
            path: "Examples/AgentAPI",
            exclude: ["Tests", "README.md"],
            sources: ["Sources"]
        ),
        .testTarget(
            name: "AgentAPITests",
            dependencies: ["AgentAPI", "TracedLambda", "TracedLambdaModels", "TracedLambdaTesting"],
            path: "Examples/AgentAPI/Tests"
        ),
        .executableTarget(
            name: "Orchestrator",
            dependencies: ["TracedLambda"],
            path: "Examples/Orchestrator/Sources/Orchestrator"
        ),
        .executableTarget(
            name: "Responder",
            dependencies: ["TracedLambda", "TracedLambdaModels"],
            path: "Examples/Orchestrator/Sources/Responder"
        ),
        .testTarget(
            name: "OrchestratorTests",
            dependencies: ["Orchestrator", "Responder", "TracedLambda", "TracedLambdaModels", "TracedLambdaTesting"],
            path: "Examples/Orchestrator/Tests"
        ),
        // The function of the end-to-end tests: it performs the actions in its event, including crashes.
        .executableTarget(
            name: "ProbeFunction",
            dependencies: ["TracedLambda", "CurlTransport", "ProbeOutput", "CProbeOutput"],
            path: "Tests/EndToEnd/ProbeFunction"
        ),
        // The function of the fault suite: it makes the spans and ends in the way given by its event.
        .executableTarget(
            name: "FaultFunction",
            dependencies: ["TracedLambda"],
            path: "Tests/Faults/FaultFunction"
        ),
        // The streaming function of the end-to-end tests.
        .executableTarget(
            name: "StreamingProbe",
            dependencies: ["TracedLambda", "ProbeOutput"],
            path: "Tests/EndToEnd/StreamingProbe"
        ),
        // Writes to the process's streams in each way there is, ends the process, and makes spans as libraries do.
        .target(
            name: "ProbeOutput",
            dependencies: [
                "TracedLambda", "CProbeOutput",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            path: "Tests/EndToEnd/ProbeOutput"
        ),
        .target(name: "CProbeOutput", path: "Tests/EndToEnd/CProbeOutput"),
        // The function of `./build.sh bench`: an echo with two nested spans.
        .executableTarget(
            name: "BenchmarkFunction",
            dependencies: ["TracedLambda"],
            path: "Benchmarks/BenchmarkFunction"
        ),
        // The function of the rows `calls` of `./build.sh bench`.
        .executableTarget(
            name: "CallFunction",
            dependencies: ["TracedLambda"],
            path: "Benchmarks/CallFunction"
        ),
        // The parts of the span path, measured separately by `./build.sh bench`.
        .executableTarget(
            name: "MicroBenchmarks",
            dependencies: ["SessionTracing", "TriggerContext", "WireText"],
            path: "Benchmarks/Micro"
        ),
        .testTarget(
            name: "CurlTransportTests",
            dependencies: ["CurlTransport", "ScriptedServer", "ThreadSanitizerMutex"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "HTTPCallsTests",
            dependencies: [
                "HTTPCalls", "TracedLambda", "TracedLambdaTesting", "CurlTransport", "SessionTracing", "ScriptedServer",
            ]
        ),
        .testTarget(
            name: "TracedLambdaModelsTests",
            dependencies: [
                "TracedLambdaModels", "TracedLambda", "TracedLambdaTesting", "HTTPCalls", "SessionTracing",
            ]
        ),
        .testTarget(name: "WireTextTests", dependencies: ["WireText", "EventMutation"]),
        .testTarget(
            name: "SessionTracingTests",
            dependencies: [
                "SessionTracing", "WireText", "EventMutation",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        // Compares sent and received data with recorded traffic of HoneyHive's own client.
        .testTarget(
            name: "HoneyHiveVectorTests",
            dependencies: [
                "SessionTracing", "SpanExport", "CurlTransport", "TracedLambda", "TracedLambdaTesting",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "TriggerContextTests",
            dependencies: ["TriggerContext", "SessionTracing", "EventMutation"],
            exclude: ["Fixtures", "Cases"]
        ),
        // Random texts and mutated events, reproducible for a seed.
        .target(name: "EventMutation", path: "Tests/EventMutation"),
        // `./build.sh fuzz`: scans mutated events, and measures the cost of a scan.
        .executableTarget(
            name: "TriggerFuzz",
            dependencies: ["TriggerContext", "TriggerEvents", "SessionTracing", "EventMutation"],
            path: "Tests/TriggerFuzz"
        ),
        .testTarget(
            name: "TriggerEventsTests",
            dependencies: ["TriggerEvents", "TriggerContext", "SessionTracing"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "SpanExportTests",
            dependencies: [
                "SpanExport", "SpanJournal", "SessionTracing", "CurlTransport", "WireText", "ScriptedServer",
                "JournalProbe", "CChecksum",
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
            ]
        ),
        // A process with a journal, which ends in a way given by a test.
        .executableTarget(
            name: "JournalProbe",
            dependencies: ["SpanJournal", "SessionTracing", "WireText"],
            path: "Tests/JournalProbe"
        ),
        // Prints the table of all settings, which `./build.sh docs` writes to docs/configuration.md.
        .executableTarget(name: "SettingsDocument", dependencies: ["SessionTracing"], path: "Tests/SettingsDocument"),
        .testTarget(
            name: "TracedLambdaTests",
            dependencies: [
                "TracedLambda", "TracedLambdaModels", "TracedLambdaTesting", "SpanExport", "SpanJournal",
                "SessionTracing",
                "TriggerContext", "TriggerEvents", "HTTPCalls", "CurlTransport", "ScriptedServer", "SettingsDocument",
                "WireText",
                "Platform",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        .testTarget(
            name: "TracedLambdaTestingTests",
            dependencies: [
                "TestEvents", "TracedLambdaTesting", "TracedLambda", "TriggerContext",
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]
        ),
        // A TCP server with scripted responses and faults, which a real server could not produce.
        .target(name: "ScriptedServer", path: "Tests/ScriptedServer"),
        // Only for the thread sanitizer: reports locks that it cannot see. Linking it once serves all tests of the
        // package.
        .target(name: "ThreadSanitizerMutex", path: "Tests/ThreadSanitizerMutex"),
    ]
)

// All Swift targets use the same settings: each upcoming feature enables a rule that Swift 7 makes the default.
let targetsInC = ["CCurl", "CZlib", "CProcess", "CChecksum", "CProbeOutput", "ThreadSanitizerMutex"]
for target in package.targets where target.type != .plugin && !targetsInC.contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
