import FoundationEssentials

@testable import OTLP

/// Access to the fixture files.
enum Fixture {
    /// The path of a fixture file.
    static func path(_ name: String, testFile: String = #filePath) -> String {
        let folder = URL(filePath: testFile).deletingLastPathComponent().deletingLastPathComponent()
        return folder.appending(path: "Fixtures/\(name)").path
    }

    /// The content of a fixture file.
    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path(name))))
    }

    /// The content of a JSON fixture file.
    static func json(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: try bytes(name))
    }
}
