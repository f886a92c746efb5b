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

    /// Reads a file, a pipe, or for `-` standard input.
    ///
    /// - Parameters:
    ///   - file: The file's path.
    ///   - limitBytes: The size limit, in bytes; the rest is not read.
    /// - Returns: The bytes.
    /// - Throws: ``InputFileError``.
    static func read(_ file: PathArgument, limitBytes: Int) throws(InputFileError) -> [UInt8] {
        do {
            if file.isStandardInput { return try read(.standardInput, limitBytes: limitBytes) }
            let descriptor = try FileDescriptor.open(FilePath(file.path), .readOnly)
            return try descriptor.closeAfter { try read(descriptor, limitBytes: limitBytes) }
        } catch {
            let name = file.isStandardInput ? "standard input" : "'\(file.path)'"
            throw InputFileError(description: "cannot read \(name): \(error)")
        }
    }

    private static func read(_ file: FileDescriptor, limitBytes: Int) throws -> [UInt8] {
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

/// The reason why an input file cannot be read, with its full path.
struct InputFileError: Error, CustomStringConvertible {
    let description: String
}
