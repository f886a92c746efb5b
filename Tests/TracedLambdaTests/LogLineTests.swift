import Foundation
import Logging
import Testing

@testable import TracedLambda

@Suite("A log message's form on the wire")
struct LogLineTests {
    @Test("In JSON every message is one valid line, whatever it says", arguments: hostileTexts)
    func json(_ text: String) throws {
        let bytes = line(text, ["key": "\(text)", "k\(text)": .array([.string(text), .dictionary([text: "x"])])])
            .bytes(format: .json)
        expectOneLine(bytes)
        let object = try jsonObject(bytes)
        #expect(object["timestamp"] as? String == "2027-01-15T08:00:00.123Z")
        #expect(object["level"] as? String == "WARN")
        #expect(object["message"] as? String == text)
        #expect(object["logger"] as? String == "label")
        #expect(object["key"] as? String == text)
        let list = try #require(object["k\(text)"] as? [Any])
        #expect(list.first as? String == text)
        #expect(list.last as? [String: String] == [text: "x"])
    }

    @Test("In text every message is one line with time, level, message and metadata", arguments: hostileTexts)
    func text(_ text: String) {
        let bytes = line(text, ["key": "\(text)", "k\(text)": "v"]).bytes(format: .text)
        expectOneLine(bytes)
        #expect(bytes.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x0A || $0 == 0x09 })
        let line = String(decoding: bytes, as: UTF8.self)
        #expect(line.hasPrefix("2027-01-15T08:00:00.123Z WARN "))
        #expect(line.contains(" key="))
    }

    @Test("Plain text stays as it is, and a line break shows")
    func plainText() {
        let bytes = line("Grüße: a\nb\r\nc \"d\" 🌍\te", ["n": "1", "a": "x"]).bytes(format: .text)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "2027-01-15T08:00:00.123Z WARN Grüße: a\\nb\\r\\nc \"d\" 🌍\te a=x n=1\n"
        )
    }

    @Test(
        "The request id stands before the other metadata, which is sorted",
        arguments: [LogSettings.Format.text, .json]
    )
    func order(_ format: LogSettings.Format) throws {
        let bytes = line("m", ["z": "1", "requestId": "id", "A": "2", "b": "3"]).bytes(format: format)
        let text = String(decoding: bytes, as: UTF8.self)
        let places = try ["requestId", "A", "b", "z"].map { key in
            try #require(text.range(of: format == .json ? "\"\(key)\":" : " \(key)=")).lowerBound
        }
        #expect(places == places.sorted())
    }

    @Test(
        "Metadata never takes the place of the line's own members",
        arguments: ["timestamp", "level", "message", "logger"]
    )
    func reservedKeys(_ key: String) throws {
        let bytes = line("own", [Logger.Metadata.Key(key): "user's"]).bytes(format: .json)
        let object = try jsonObject(bytes)
        #expect(object["message"] as? String == "own")
        #expect(object["level"] as? String == "WARN")
        #expect(object["logger"] as? String == "label")
        #expect(object["timestamp"] as? String == "2027-01-15T08:00:00.123Z")
        #expect(object.values.contains { $0 as? String == "user's" })
        // A parser keeps only one of two members with the same name, not always the first.
        #expect(String(decoding: bytes, as: UTF8.self).components(of: "\"\(key)\":") == 2)
    }

    @Test("A message without end is cut, so that CloudWatch takes the line", arguments: ["x", "\n", "世"])
    func longMessage(_ piece: String) throws {
        let message = String(repeating: piece, count: 300_000)
        for format in [LogSettings.Format.json, .text] {
            let bytes = line(message, [:]).bytes(format: format)
            expectOneLine(bytes)
            // CloudWatch's largest event is 1 MiB minus 26 bytes.
            #expect(bytes.count <= 1_048_576 - 26)
        }
        let object = try jsonObject(line(message, [:]).bytes(format: .json))
        #expect((object["message"] as? String)?.utf8.count ?? .max <= LogLine.maximumMessageBytes)
    }

    private func line(_ message: String, _ metadata: Logger.Metadata) -> LogLine {
        LogLine(
            unixMilliseconds: ManualClock.startUnixMilliseconds + 123,
            level: .warning,
            label: "label",
            message: message,
            metadata: metadata
        )
    }

    private func expectOneLine(_ bytes: [UInt8]) {
        #expect(bytes.last == 0x0A)
        #expect(bytes.count { $0 == 0x0A } == 1)
        #expect(!bytes.contains(0x0D))
    }
}

extension String {
    /// Returns the number of pieces separated by the separator.
    fileprivate func components(of separator: String) -> Int {
        ranges(of: separator).count + 1
    }
}
