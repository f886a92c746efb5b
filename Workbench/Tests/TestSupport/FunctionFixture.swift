import FoundationEssentials

/// The fixture function, a Python program.
package enum FunctionFixture {
    /// The program's path.
    package static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/function.py").path
}
