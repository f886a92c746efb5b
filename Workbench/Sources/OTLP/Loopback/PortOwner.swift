import FoundationEssentials

/// The process that listens on a TCP port of this machine.
package struct PortOwner: Sendable, Hashable, CustomStringConvertible {
    /// The length limit of a command line in ``description``, in characters.
    private static let commandLimitCharacters = 100

    /// The process ID.
    package let identifier: Int32
    /// The process's command line.
    package let command: String

    /// The process for people, for example `process 4711 (python3 -m http.server 9000)`.
    package var description: String { "process \(identifier) (\(command))" }

    /// Finds the process that listens on a port.
    ///
    /// - Returns: `nil` when nothing listens there, or the process belongs to another user.
    package static func find(port: Int) -> PortOwner? {
        let inodes = Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listeners(in: $0, port: port) })
        guard !inodes.isEmpty else { return nil }
        let targets = Set(inodes.map { "socket:[\($0)]" })
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in processes {
            guard let identifier = Int32(process) else { continue }
            let folder = "/proc/\(process)/fd"
            let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let hasPort = descriptors.contains { descriptor in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)")
                return target.map(targets.contains) ?? false
            }
            if hasPort { return PortOwner(identifier: identifier, command: command(of: identifier)) }
        }
        return nil
    }

    /// The inodes of the sockets that listen on a port (proc_net(5)): fields 2 and 10 of a line are the local address and
    /// the inode, and 0A in field 4 means that the socket listens.
    private static func listeners(in table: String, port: Int) -> [String] {
        let lines = text(of: table).split(separator: "\n").dropFirst()
        return lines.compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", let hexPort = fields[1].split(separator: ":").last,
                Int(hexPort, radix: 16) == port
            else { return nil }
            return String(fields[9])
        }
    }

    private static func command(of identifier: Int32) -> String {
        let words = text(of: "/proc/\(identifier)/cmdline").split(separator: "\0").joined(separator: " ")
        let printable = words.map { $0.isASCII && ($0.asciiValue ?? 0) < 0x20 ? "?" : $0 }
        return printable.count > commandLimitCharacters
            ? String(printable.prefix(commandLimitCharacters)) + "…" : String(printable)
    }

    private static func text(of path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
