import SessionTracing
import Testing

@Suite("The limits of what is injected")
struct InjectLimitsTests {
    private static let session = "session_id=12345678-1234-1234-1234-123456789abc,project=demo,source=test"

    private func inject(_ baggage: String, caller: String = "") throws -> [String] {
        let fixture = try TracerFixture(baggage: Baggage(header: caller))
        var headers = ["Baggage": baggage]
        fixture.tracer.injectContext(into: &headers)
        #expect(headers.keys.sorted() == ["baggage", "traceparent"])
        let written = try #require(headers["baggage"])
        #expect(written.utf8.count <= 8_192)
        return written.split(separator: ",").map { String($0) }
    }

    @Test("Of 64 members the session's three come first, and the carrier's go before the caller's")
    func memberCount() throws {
        let existing = (0..<60).map { "e\($0)=x" }
        let written = try inject(
            existing.joined(separator: ","),
            caller: (0..<60).map { "c\($0)=x" }.joined(separator: ",")
        )
        #expect(written == Self.session.split(separator: ",").map(String.init) + existing + ["c0=x"])
    }

    @Test("A full carrier makes room for the session")
    func fullCarrier() throws {
        let written = try inject((0..<64).map { "e\($0)=x" }.joined(separator: ","))
        #expect(written.count == 64)
        #expect(written.prefix(3).joined(separator: ",") == Self.session)
        #expect(written.last == "e60=x")
    }

    @Test("A member that would pass 8,192 bytes is left out, and a shorter one after it is not", arguments: [0, 1])
    func byteCount(excess: Int) throws {
        let rest = 8_192 - Self.session.utf8.count
        let filler = String(repeating: "f", count: rest - ",a=".count + excess)
        let written = try inject("", caller: "a=\(filler),b=1")
        #expect(written.contains("a=\(filler)") == (excess == 0))
        #expect(written.contains("b=1") == (excess == 1))
    }

    @Test("Percent-encoding counts: the limit is on what is written")
    func encodedBytes() throws {
        // Each character has two bytes when read and six when written.
        let written = try inject("long=\(String(repeating: "ü", count: 1_360)),short=1")
        #expect(written.last == "short=1")
        #expect(!written.contains { $0.hasPrefix("long=") })
    }

    @Test("A carrier without a member that can be read gets one", arguments: ["garbage", ",,,;", "=x", "a b=c"])
    func malformed(existing: String) throws {
        #expect(try inject(existing).joined(separator: ",") == Self.session)
    }

    @Test("Members of several fields are all kept with their properties, of one key the first")
    func severalFields() throws {
        let fixture = try TracerFixture()
        var headers = [("baggage", "a=1;ttl=5, b=2"), ("Host", "h"), ("BAGGAGE", "a=other,c=3")]
        fixture.tracer.injectContext(into: &headers)
        #expect(headers.values(ofField: "baggage") == ["\(Self.session),a=1;ttl=5,b=2,c=3"])
        #expect(headers.map(\.0) == ["Host", "traceparent", "baggage"])
    }

    @Test("The caller's tracestate goes on in place of the carrier's")
    func traceState() throws {
        let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let parent = TraceContext(traceparent: traceparent, tracestate: "congo=t61rcWkgMzE")
        let fixture = try TracerFixture(parent: parent)
        var headers = ["TraceState": "old=1", "TraceParent": "old"]
        fixture.tracer.injectContext(into: &headers)
        #expect(headers.keys.sorted() == ["baggage", "traceparent", "tracestate"])
        #expect(headers["tracestate"] == "congo=t61rcWkgMzE")
        #expect(headers["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-\(fixture.root.id)-01")
    }
}
