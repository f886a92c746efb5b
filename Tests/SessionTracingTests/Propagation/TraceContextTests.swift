import SessionTracing
import Testing

/// The cases of https://www.w3.org/TR/trace-context/.
@Suite("W3C Trace Context")
struct TraceContextTests {
    private static let withoutFlags = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"
    private static let valid = "\(withoutFlags)01"

    @Test("A traceparent of version 00 is read")
    func reads() throws {
        let context = try #require(TraceContext(traceparent: Self.valid))
        #expect(context.traceID == TraceID("0af7651916cd43dd8448eb211c80319c"))
        #expect(context.spanID == SpanID("b7ad6b7169203331"))
        #expect(context.isSampled)
        #expect(context.traceState == nil)
        #expect(context.traceparent == Self.valid)
    }

    @Test(
        "The lowest flag alone says whether the caller records, and the others are handed on",
        arguments: [
            ("00", false), ("01", true), ("02", false), ("03", true), ("08", false), ("09", true), ("ff", true),
        ]
    )
    func flags(flags: String, isSampled: Bool) throws {
        let context = try #require(TraceContext(traceparent: Self.withoutFlags + flags))
        #expect(context.isSampled == isSampled)
        #expect(context.traceparent == Self.withoutFlags + flags)
    }

    @Test("Of the flags of another version only the lowest is read")
    func flagsOfAnotherVersion() throws {
        let context = try #require(TraceContext(traceparent: "01" + Self.withoutFlags.dropFirst(2) + "ff"))
        #expect(context.traceparent == Self.valid)
    }

    @Test(
        "A version that is not known yet is read as far as this one goes",
        arguments: [
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "fe-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-brings",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        ]
    )
    func higherVersions(text: String) throws {
        let context = try #require(TraceContext(traceparent: text))
        #expect(context.traceparent == Self.valid)
    }

    @Test("White space around the header does not count", arguments: [" ", "\t", " \t "])
    func trims(space: String) {
        #expect(TraceContext(traceparent: space + Self.valid + space)?.traceparent == Self.valid)
    }

    @Test(
        "What breaks the specification starts a trace anew",
        arguments: [
            "",
            "00",
            "garbage",
            // Ids that are all zero.
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            // Upper case.
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
            "0A-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A",
            // The forbidden version, and version 00 with additional fields.
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
            // A later version's extra fields start with a dash.
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01extra",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-012",
            // Lengths.
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c0-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71692033311-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            // Characters and separators.
            "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333z-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
            "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
            "00 0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 01",
            // 55 bytes with a two-byte character.
            "00-0af7651916cd43dd8448eb211c8031é-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x,01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ]
    )
    func refuses(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test("tracestate is handed on as it is, without the space around it")
    func traceState() throws {
        let state = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE, tenant@vendor=a b"
        let context = try #require(TraceContext(traceparent: Self.valid, tracestate: " \(state)\t"))
        #expect(context.traceState == state)
    }

    @Test("A tracestate without content is none", arguments: [nil, "", " ", "\t "])
    func emptyTraceState(text: String?) throws {
        #expect(try #require(TraceContext(traceparent: Self.valid, tracestate: text)).traceState == nil)
    }

    /// Returns a list of 32 members with values of these lengths.
    private func list(_ lengths: [Int]) -> String {
        lengths.enumerated().map { "k\($0)=" + String(repeating: "x", count: $1) }.joined(separator: ",")
    }

    @Test("A list of 8,192 bytes is handed on whole")
    func traceStateLimit() throws {
        let start = list(Array(repeating: 252, count: 31))
        let state = start + ",last=" + String(repeating: "x", count: 8_192 - start.utf8.count - ",last=".utf8.count)
        #expect(state.utf8.count == 8_192)
        #expect(try #require(TraceContext(traceparent: Self.valid, tracestate: state)).traceState == state)
    }

    @Test("From a longer list whole members are left out: those over 128 bytes first, from the end")
    func longTraceState() throws {
        let key = String(repeating: "k", count: 150)
        let members = (10..<42).map { "\(key)\($0)=" + String(repeating: "x", count: $0 < 30 ? 256 : 1) }
        let small = "small=1"
        let state = (members.prefix(31) + [small]).joined(separator: ",")
        let forwarded = try #require(TraceContext(traceparent: Self.valid, tracestate: state)?.traceState)
        let kept = forwarded.split(separator: ",").map { String($0) }
        #expect(forwarded.utf8.count <= 8_192)
        #expect(kept.last == small)
        // As many as fit, from the start.
        #expect(kept.dropLast() == members.prefix(kept.count - 1))
        #expect(forwarded.utf8.count + 1 + members[kept.count - 1].utf8.count > 8_192)
    }

    /// The specification allows only printable ASCII, and the value is forwarded in a header.
    @Test(
        "A tracestate that no header can hold is dropped, and the parent stays",
        arguments: ["a=1\r\nX-Injected: 1", "a=1\nb=2", "a=\u{0}", "a=\u{7F}", "a=é", "a=🐝"]
    )
    func unsafeTraceState(text: String) throws {
        let context = try #require(TraceContext(traceparent: Self.valid, tracestate: text))
        #expect(context.traceState == nil)
    }
}
