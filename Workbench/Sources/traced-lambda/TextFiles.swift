import SystemPackage

/// Reads files, and writes to the standard streams.
enum TextFiles {
    /// Writes to standard output.
    ///
    /// A closed pipe (`| head`) is not an error.
    static func writeOutput(_ text: String) {
        _ = try? FileDescriptor.standardOutput.writeAll(Array(text.utf8))
    }

    /// Writes to standard error.
    static func writeError(_ bytes: [UInt8]) {
        _ = try? FileDescriptor.standardError.writeAll(bytes)
    }

    /// Reads a file or a pipe from its beginning.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - limitBytes: The size limit, in bytes; the rest is not read.
    /// - Returns: The bytes.
    /// - Throws: The system's error.
    static func readFile(_ path: String, limitBytes: Int) throws -> [UInt8] {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while bytes.count < limitBytes {
                let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
                guard count > 0 else { break }
                bytes += chunk.prefix(min(count, limitBytes - bytes.count))
            }
            return bytes
        }
    }
}
