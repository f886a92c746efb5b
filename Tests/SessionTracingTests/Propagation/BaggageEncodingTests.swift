import EventMutation
import SessionTracing
import Testing

/// The values allowed by https://www.w3.org/TR/baggage/#value.
@Suite("Percent-encoding of baggage values")
struct BaggageEncodingTests {
    @Test(
        "Percent-encoding is undone",
        arguments: [
            ("%20", " "), ("a%20b", "a b"), ("%C3%BC", "ü"), ("%c3%bc", "ü"), ("%F0%9F%90%9D", "🐝"),
            ("%2C%3B%3D", ",;="),
            ("%25", "%"), ("%2525", "%25"), ("%41", "A"), ("x%41", "xA"), ("%00", "\u{0}"),
        ]
    )
    func decodes(encoded: String, expected: String) {
        #expect(Baggage(header: "k=\(encoded)")["k"] == expected)
    }

    @Test(
        "A percent sign without two digits stays as it is",
        arguments: ["%", "%%", "%4", "a%", "%G1", "%1G", "%zz", "100%", "%-1", "% 41"]
    )
    func malformed(encoded: String) {
        #expect(Baggage(header: "k=\(encoded)")["k"] == encoded)
    }

    @Test("Bytes that are no UTF-8 become U+FFFD", arguments: ["%FF", "%C3", "%ED%A0%80"])
    func badUTF8(encoded: String) throws {
        let value = try #require(Baggage(header: "k=\(encoded)")["k"])
        #expect(value.unicodeScalars.allSatisfy { $0 == "\u{FFFD}" } && !value.isEmpty)
    }

    /// The value that `inject_context_into_carrier` of honeyhive 0.2.57 and 1.7.0 wrote for the project `demo
    /// project/ü, x=1;y`.
    @Test(
        "In HoneyHive's own members a plus is read as a space, as its older clients write it",
        arguments: ["session_id", "project", "source"],
        ["", "honeyhive_", "honeyhive."]
    )
    func plus(name: String, prefix: String) {
        let baggage = Baggage(header: "\(prefix)\(name)=demo+project%2F%C3%BC%2C+x%3D1%3By")
        #expect(baggage.association(name) == "demo project/ü, x=1;y")
        #expect(Baggage(header: "\(prefix)\(name)=a%2Bb").association(name) == "a+b")
    }

    @Test(
        "In all other members a plus stands for itself",
        arguments: ["mail", "run_id", "Project", "session", "a.source"]
    )
    func literalPlus(key: String) {
        let baggage = Baggage(header: "\(key)=user+test@example.com")
        #expect(baggage[key] == "user+test@example.com")
        #expect(baggage.header == "\(key)=user+test@example.com")
    }

    @Test(
        "Characters that the specification forbids are percent-encoded",
        arguments: [
            (" ", "%20"), ("\"", "%22"), (",", "%2C"), (";", "%3B"), ("\\", "%5C"), ("%", "%25"), ("\r\n", "%0D%0A"),
            ("\u{0}", "%00"), ("\u{7F}", "%7F"), ("ü", "%C3%BC"), ("🐝", "%F0%9F%90%9D"),
            // Allowed, but a reader that decodes it as a space would change it.
            ("+", "%2B"),
        ]
    )
    func encodes(text: String, expected: String) {
        var baggage = Baggage()
        baggage.set("k", to: "a\(text)z")
        #expect(baggage.header == "k=a\(expected)z")
    }

    @Test("Whatever the values are, what is written is a header and reads back the same")
    func roundTrip() throws {
        let seed: UInt64 = 20_260_101
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<500 {
            var baggage = Baggage()
            for index in 0..<Int.random(in: 0...20, using: &generator) {
                baggage.set("key.\(index)", to: .random(maximumScalars: 24, using: &generator))
            }
            let header = baggage.header
            let isHeader = header.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            try #require(isHeader, "seed \(seed), iteration \(iteration)")
            let read = Baggage(header: header)
            try #require(bytes(of: read) == bytes(of: baggage), "seed \(seed), iteration \(iteration)")
        }
    }

    @Test("Whatever the header is, each key stands once and what is handed on says the same")
    func garbage() throws {
        let seed: UInt64 = 20_260_102
        let fragments = [
            "a", "key", "B", "=", "=", ",", ",", ";", " ", "\t", "%", "%41", "%2", "+", "\"", "é", "🐝", "\u{0}", "\r\n",
        ]
        var generator = SeededGenerator(seed: seed)
        var itemCount = 0
        for iteration in 0..<2_000 {
            let header = (0..<60).map { _ in fragments.randomElement(using: &generator) ?? "" }.joined()
            let baggage = Baggage(header: header)
            itemCount += baggage.items.count
            try #require(
                Set(baggage.items.map(\.key)).count == baggage.items.count,
                "seed \(seed), iteration \(iteration)"
            )
            let written = Baggage(header: baggage.header)
            try #require(bytes(of: written) == bytes(of: baggage), "seed \(seed), iteration \(iteration)")
        }
        #expect(itemCount > 1_000)
    }

    /// Returns bytes, because Swift's strings are equal if they are canonically equivalent.
    private func bytes(of baggage: Baggage) -> [[[UInt8]]] {
        baggage.items.map { [Array($0.key.utf8), Array($0.value.utf8)] }
    }
}
