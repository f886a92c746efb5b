internal import Logging
internal import SessionTracing
internal import WireText

/// One log message with its output formats.
struct LogLine {
    let unixMilliseconds: UInt64
    let level: Logger.Level
    let label: String
    let message: String
    let metadata: Logger.Metadata

    /// The name of the request id in Lambda's own JSON lines.
    static let requestIDKey = "requestId"
    /// The length at which a message is truncated, in bytes; CloudWatch accepts events of up to 1 MB.
    static let maximumMessageBytes = 256 * 1024

    func bytes(format: LogSettings.Format) -> [UInt8] {
        var line = format == .json ? json : text
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { line in
            line.member("timestamp", DateText.rfc3339(unixMilliseconds: unixMilliseconds))
            line.member("level", level.lambdaName)
            line.member("message", message.truncated(toUTF8Bytes: Self.maximumMessageBytes))
            line.member("logger", label)
            for (key, value) in sortedMetadata {
                line.name(Self.reservedKeys.contains(key) ? "metadata.\(key)" : key)
                Self.write(value, to: &line)
            }
        }
        return writer.bytes
    }

    private static let reservedKeys: Set = ["timestamp", "level", "message", "logger"]

    private static func write(_ value: Logger.MetadataValue, to writer: inout JSONWriter) {
        switch value {
        case .string(let text): writer.string(text)
        case .stringConvertible(let value): writer.string(value.description)
        case .array(let values): writer.array { list in for value in values { write(value, to: &list) } }
        case .dictionary(let members):
            writer.object { object in
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    object.name(key)
                    write(value, to: &object)
                }
            }
        }
    }

    /// The line in the form `2026-01-02T03:04:05.678Z INFO message key=value`; control characters are escaped, so that
    /// a message is one line.
    private var text: [UInt8] {
        var text = "\(DateText.rfc3339(unixMilliseconds: unixMilliseconds)) \(level.lambdaName) "
        text += message.truncated(toUTF8Bytes: Self.maximumMessageBytes)
        for (key, value) in sortedMetadata { text += " \(key)=\(value)" }
        return text.utf8.reduce(into: []) { bytes, byte in
            switch byte {
            case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\r"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case 0..<0x20 where byte != UInt8(ascii: "\t"), 0x7F: bytes += Array("\u{FFFD}".utf8)
            default: bytes.append(byte)
            }
        }
    }

    /// The metadata sorted by key, with the request id first.
    private var sortedMetadata: [(key: String, value: Logger.MetadataValue)] {
        metadata.sorted { left, right in
            if left.key == Self.requestIDKey { return true }
            return right.key != Self.requestIDKey && left.key < right.key
        }
    }
}
