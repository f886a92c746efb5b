import FoundationEssentials
import Testing

@testable import LocalLambda
@testable import OTLP

@Suite("Packages that are built")
struct PackageDescriptionTests {
    private static let described: JSONValue = [
        "products": [
            ["name": "Library", "type": ["library": ["automatic"]]], ["name": "One", "type": ["executable": nil]],
            ["name": "Two", "type": ["executable": nil]],
        ],
        "targets": [
            ["name": "One", "path": "Sources/One", "product_memberships": ["One"]],
            ["name": "Shared", "path": "Shared", "product_memberships": ["One", "Two"]],
            ["name": "Two", "path": "Sources/Two", "product_memberships": ["Two"]],
            ["name": "OneTests", "path": "Tests/OneTests"],
        ],
        "dependencies": [
            ["identity": "a", "type": "sourceControl", "url": "https://example.com"],
            ["identity": "b", "type": "fileSystem", "path": "/b"],
        ],
    ]

    private static func builder(_ products: [String]) -> PackageBuilder {
        PackageBuilder(plan: PackagePlan(folder: "/p", products: products, isRelease: false), logs: CapturedLogs())
    }

    @Test("name their executables, and what is to be watched for those that are served")
    func description() throws {
        let description = try #require(PackageDescription(Self.described))
        #expect(description.executables == ["One", "Two"])
        #expect(try Self.builder([]).products(of: description) == ["One", "Two"])
        #expect(
            Self.builder(["Two"]).watchedPaths(description) == [
                "/p/Package.swift", "/p/Package.resolved", "/p/Shared", "/p/Sources/Two", "/b/Package.swift",
                "/b/Sources",
            ]
        )
        #expect(throws: LocalLambdaError.self) { try Self.builder(["Library"]).products(of: description) }
        #expect(PackageDescription(["products": []]) == nil)
    }

    @Test("a change of any file shows, and one of a hidden file does not")
    func stamp() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stamp-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder.appending(path: "in"), withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        try write("1", "in/a.swift")
        let first = SourceStamp(of: [folder.path, "/nowhere"])
        try write("hidden", ".b.swift")
        #expect(SourceStamp(of: [folder.path, "/nowhere"]) == first)
        try write("12", "in/a.swift")
        let second = SourceStamp(of: [folder.path])
        #expect(second != first)
        try write("new", "in/b.swift")
        #expect(SourceStamp(of: [folder.path]) != second)
    }

    @Test("a process's memory is read from its status")
    func memory() {
        let status = "Name:\tbootstrap\nVmHWM:\t  2048 kB\nVmRSS:\t    1024 kB\n"
        #expect(ProcessMemory(status: status)?.residentBytes == 1_048_576)
        #expect(ProcessMemory(status: status)?.peakBytes == 2_097_152)
        #expect(ProcessMemory(status: "Name:\tzombie\n") == nil)
        #expect(ProcessMemory(status: "VmHWM:\nVmRSS: x kB\n") == nil)
    }
}
