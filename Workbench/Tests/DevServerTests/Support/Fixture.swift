import FoundationEssentials
import WireJSON

/// The files beside these tests.
enum Fixture {
    /// The path of a file.
    static func path(_ name: String, testFile: String = #filePath) -> String {
        let folder = URL(filePath: testFile).deletingLastPathComponent().deletingLastPathComponent()
        return folder.appending(path: "Fixtures/\(name)").path
    }

    /// The bytes of a file.
    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path(name))))
    }

    /// A file's JSON.
    static func json(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: try bytes(name))
    }
}
