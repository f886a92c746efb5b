import ArgumentParser
import FoundationEssentials

/// Checks a zip before it is uploaded (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT): Lambda reports what is
/// wrong only when the function is invoked.
enum DeploymentPackage {
    /// The bytes at the end of a file in which the directory's end is searched.
    private static let endLimitBytes = 66_000

    /// - Throws: The exit status of a wrong command line, after a message with the cause and the remedy.
    static func check(_ path: String) throws {
        guard let problem = problem(path) else { return }
        throw Failure.because("'\(path)' cannot be deployed: \(problem)", .validationFailure)
    }

    /// The reason for which a file is no package of a function; `nil` when it is one.
    static func problem(_ path: String) -> String? {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard size > 0 else { return "it is empty" }
        guard size <= Deployment.zipLimitBytes else {
            return "it has \(size) bytes, more than Lambda's limit of \(Deployment.zipLimitBytes)"
        }
        guard let data = FileManager.default.contents(atPath: path) else { return "it may not be read" }
        let bytes = [UInt8](data)
        guard let entries = entries(of: bytes) else {
            return "it is no zip file; make one with 'traced-lambda package'"
        }
        guard let bootstrap = entries.first(where: { $0.name == "bootstrap" }) else {
            let names = entries.prefix(5).map(\.name).joined(separator: ", ")
            return "it has no 'bootstrap' at its top, which Lambda starts; it has: \(names)"
        }
        // Zips of systems without permissions have none: then Lambda makes the file readable and not executable.
        guard bootstrap.mode & 0o111 != 0 else {
            return "its 'bootstrap' is not executable; make it so with chmod +x before zipping"
        }
        return nil
    }

    private struct Entry {
        let name: String
        /// The permissions, as in stat(2).
        let mode: Int
    }

    private static func entries(of bytes: [UInt8]) -> [Entry]? {
        func number(_ position: Int, _ count: Int) -> Int? {
            guard position >= 0, position + count <= bytes.count else { return nil }
            return (0..<count).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
        }
        let first = max(0, bytes.count - endLimitBytes)
        guard bytes.count >= 22,
            let end = stride(from: bytes.count - 22, through: first, by: -1).first(where: {
                number($0, 4) == 0x0605_4B50
            }),
            let count = number(end + 10, 2), var position = number(end + 16, 4)
        else { return nil }
        var entries: [Entry] = []
        for _ in 0..<count {
            guard number(position, 4) == 0x0201_4B50, let nameLength = number(position + 28, 2),
                let extraLength = number(position + 30, 2), let commentLength = number(position + 32, 2),
                let attributes = number(position + 38, 4), position + 46 + nameLength <= bytes.count
            else { return nil }
            let name = String(decoding: bytes[(position + 46)..<(position + 46 + nameLength)], as: UTF8.self)
            entries.append(Entry(name: name, mode: attributes >> 16 & 0o7777))
            position += 46 + nameLength + extraLength + commentLength
        }
        return entries
    }
}
