import EventMutation
import SessionTracing
import Testing

@Suite("The id of a session")
struct SessionIDTests {
    private static let canonical = "12345678-1234-1234-1234-123456789abc"

    /// Python's `uuid.UUID` accepts each of them.
    @Test(
        "Every textual form of a UUID that Python takes becomes the canonical one",
        arguments: [
            "12345678-1234-1234-1234-123456789abc",
            "12345678-1234-1234-1234-123456789ABC",
            "12345678123412341234123456789abc",
            "12345678123412341234123456789ABC",
            "{12345678-1234-1234-1234-123456789abc}",
            "{12345678123412341234123456789abc}",
            "{12345678-1234-1234-1234-123456789abc",
            "12345678-1234-1234-1234-123456789abc}",
            "{{12345678-1234-1234-1234-123456789abc}}",
            "urn:uuid:12345678-1234-1234-1234-123456789abc",
            "urn:uuid:12345678123412341234123456789abc",
            "urn:uuid:{12345678-1234-1234-1234-123456789abc}",
            "{urn:uuid:12345678-1234-1234-1234-123456789abc}",
            "uuid:12345678-1234-1234-1234-123456789abc",
            "urn:12345678-1234-1234-1234-123456789abc",
            "1-2-345678-1234-1234-1234-123456789abc",
            "-12345678-1234-1234-1234-123456789abc-",
            "{-12345678-1234-1234-1234-123456789abc-}",
        ]
    )
    func normalisesUUIDs(text: String) throws {
        let id = try #require(SessionID(text))
        #expect(id.description == Self.canonical)
        #expect(id.upstreamText == nil)
    }

    @Test(
        "White space around an id does not count",
        arguments: [" ", "\t", "\n", "\r\n", " \t\r\n "]
    )
    func trims(space: String) throws {
        let id = try #require(SessionID(space + Self.canonical + space))
        #expect(id.description == Self.canonical)
        #expect(id.upstreamText == nil)
    }

    @Test("Text without content is no id", arguments: ["", " ", "\t\n", "\r\n \r\n"])
    func refusesBlank(text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test("A normalised id is equal to, and hashes as, its canonical form")
    func equality() throws {
        let ids = try Set([Self.canonical, "{12345678123412341234123456789ABC}"].map { try #require(SessionID($0)) })
        #expect(ids.count == 1)
    }

    /// The expected values are those of Python's `uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "session.honeyhive.ai"),
    /// text)`.
    @Test(
        "Text that is not a UUID becomes the version 5 UUID of it, and is kept",
        arguments: [
            ("conversation-42", "eb3f44a6-73c4-50bb-9173-d34d7c5dc9b2"),
            ("42", "b48131f0-3a21-5899-9e9b-6e53a6622d38"),
            ("Ünïcödé 🐝", "2d27f75e-0a9b-5336-abc1-5f19935c0a3c"),
            // One digit too few, one too many, one invalid.
            ("12345678-1234-1234-1234-12345678901", "242f08e1-f3a5-5e36-b2be-8f68a3b498ce"),
            ("12345678-1234-1234-1234-1234567890123", "1d3f1de4-e3b2-5e6d-8242-730a5346fda1"),
            ("g2345678-1234-1234-1234-123456789012", "f738c507-8e67-5e56-a3a5-fa4eed8dc164"),
        ]
    )
    func derivesFromText(text: String, expected: String) throws {
        let id = try #require(SessionID(text))
        #expect(id.description == expected)
        #expect(id.upstreamText == text)
    }

    @Test("White space around other text does not make another session")
    func trimsOtherText() throws {
        let id = try #require(SessionID(" padded\r\n"))
        #expect(id.description == "7e600120-7e92-5741-9d31-3f405fa9b10d")
        #expect(id.upstreamText == "padded")
    }

    @Test("A generated id has the version and variant bits of RFC 9562", arguments: [0, 0xFF, 0xF0, 0x0F] as [UInt8])
    func version4(fill: UInt8) {
        var generator = ConstantGenerator(value: UInt64(fill) * 0x0101_0101_0101_0101)
        let id = SessionID(using: &generator)
        let expected = [
            0x00: "00000000-0000-4000-8000-000000000000",
            0xFF: "ffffffff-ffff-4fff-bfff-ffffffffffff",
            0xF0: "f0f0f0f0-f0f0-40f0-b0f0-f0f0f0f0f0f0",
            0x0F: "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f",
        ]
        #expect(id.description == expected[Int(fill)])
        #expect(id.upstreamText == nil)
    }

    @Test("What a generated id writes is read back as the same id")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        for iteration in 0..<500 {
            let id = SessionID(using: &generator)
            #expect(try #require(SessionID(id.description)) == id, "seed 1, iteration \(iteration)")
        }
    }
}
