import SessionTracing
import Testing

/// Parsing and formatting of https://www.w3.org/TR/baggage/.
@Suite("W3C Baggage")
struct BaggageTests {
    /// Returns the members as `key=value`, in order.
    private func members(_ header: String) -> [String] {
        Baggage(header: header).items.map { "\($0.key)=\($0.value)" }
    }

    @Test(
        "A list is read in its order, without the space around keys and values",
        arguments: [
            ("a=1", ["a=1"]),
            ("a=1,b=2", ["a=1", "b=2"]),
            ("\t a \t=\t 1 , b =2\t", ["a=1", "b=2"]),
            ("b=2,a=1", ["b=2", "a=1"]),
            ("a=", ["a="]),
            ("a=b=c==", ["a=b=c=="]),
            ("honeyhive.session_id=x", ["honeyhive.session_id=x"]),
            ("!#$%&'*+-.^_`|~09azAZ=ok", ["!#$%&'*+-.^_`|~09azAZ=ok"]),
        ]
    )
    func reads(header: String, expected: [String]) {
        #expect(members(header) == expected)
    }

    @Test(
        "Properties are not part of the value, and are handed on",
        arguments: ["a=1;p", "a=1; p = q", "a=1;p=q;r=s", "a=1;", "a=1;p=\"x;y\"", "a=1;\tp", "a=1;p=%20;q=%zz"]
    )
    func properties(member: String) {
        let header = "\(member),b=2"
        #expect(members(header) == ["a=1", "b=2"])
        #expect(Baggage(header: header).header == header)
    }

    @Test(
        "Properties that no header can hold are left out",
        arguments: ["\r\nX-Injected: 1", "p=\u{0}", "p=é", "\u{7F}"]
    )
    func unsafeProperties(property: String) {
        #expect(Baggage(header: "a=1;\(property),b=2").header == "a=1,b=2")
    }

    @Test("A value set anew has no properties")
    func replacedProperties() {
        var baggage = Baggage(header: "a=1;p,b=2;q")
        baggage.set("a", to: "3")
        #expect(baggage.header == "a=3,b=2;q")
    }

    @Test(
        "A value is handed on as it came",
        arguments: ["a%2cb", "%41", "user+test@example.com", "a%2Bb", "100%", "%", "%FF", "=", "", "x=y:z@[0]"]
    )
    func unchanged(value: String) {
        #expect(Baggage(header: "k=\(value),l=1").header == "k=\(value),l=1")
    }

    @Test(
        "A value with bytes that the specification forbids is percent-encoded",
        arguments: ["a b", "é", "a\"b", "\\"]
    )
    func forbiddenBytes(value: String) {
        let header = Baggage(header: "k=\(value)").header
        #expect(header.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        #expect(header.contains("%"))
        #expect(Baggage(header: header)["k"] == value)
    }

    @Test(
        "Members that break the specification are left out, and the others stay",
        arguments: [
            "", " ", "=", "=1", " =1", "novalue", ";", ";p=1", ";a=1", "no value=1", "\"quoted\"=1", "ke(y=1", "k@y=1",
            "k/y=1", "k[0]=1", "ké=1", "🐝=1", "k\u{0}=1", "k\u{7F}=1", "k\r\nX-Injected: 1=1",
        ]
    )
    func leavesOut(member: String) {
        #expect(members("a=1,\(member),b=2") == ["a=1", "b=2"])
        #expect(members(member) == [])
    }

    @Test("Of a key that stands several times, the first value counts")
    func duplicates() {
        #expect(members("a=1,b=2,a=3,a=") == ["a=1", "b=2"])
        #expect(Baggage(header: "a=1,a=2")["a"] == "1")
    }

    @Test("Keys are told apart by case")
    func caseOfKeys() {
        let baggage = Baggage(header: "Key=1,key=2")
        #expect(baggage["Key"] == "1")
        #expect(baggage["key"] == "2")
        #expect(baggage["KEY"] == nil)
    }

    // MARK: Limits

    @Test("64 members are read, and what comes after them is ignored", arguments: [63, 64, 65, 200])
    func memberLimit(count: Int) {
        let header = (0..<count).map { "k\($0)=\($0)" }.joined(separator: ",")
        #expect(members(header) == (0..<min(count, 64)).map { "k\($0)=\($0)" })
    }

    @Test("Members that break the specification do not use up the 64")
    func memberLimitWithGarbage() {
        let header = (0..<64).map { "garbage,k\($0)=\($0)" }.joined(separator: ",")
        #expect(members(header).count == 64)
    }

    @Test("A header of 8,192 bytes is read to its end")
    func fullLength() {
        let value = String(repeating: "x", count: 8_192 - "first=1,last=".utf8.count)
        #expect(members("first=1,last=\(value)") == ["first=1", "last=\(value)"])
    }

    @Test("A member that the limit cuts in two is left out, not shortened")
    func cutMember() {
        let value = String(repeating: "x", count: 8_193 - "first=1,last=".utf8.count)
        #expect(members("first=1,last=\(value)") == ["first=1"])
        #expect(members("only=" + String(repeating: "x", count: 9_000)) == [])
        #expect(members("first=1,last=\(value),more=2") == ["first=1"])
    }

    @Test("A member that ends where the limit is stays, whatever comes after it")
    func memberEndsAtLimit() {
        let value = String(repeating: "x", count: 8_192 - "first=1,last=".utf8.count)
        #expect(members("first=1,last=\(value),more=2") == ["first=1", "last=\(value)"])
    }

    @Test("A limit that falls into a character's bytes does no harm")
    func cutCharacter() {
        for padding in 0..<4 {
            let value = String(repeating: "x", count: padding) + String(repeating: "🐝", count: 3_000)
            #expect(members("first=1,last=\(value)") == ["first=1"])
        }
    }

    // MARK: Writing

    @Test("What was read is written in its order, with no more escapes than the specification asks for")
    func writes() {
        #expect(Baggage(header: "b=2 , a=1;p=q").header == "b=2,a=1;p=q")
        #expect(Baggage(header: "").header == "")
        #expect(Baggage(header: "path=/v1/traces?x=y:z@[0]").header == "path=/v1/traces?x=y:z@[0]")
    }

    @Test("A header is never written longer than 8,192 bytes, and no member of it is cut")
    func writtenLimit() {
        var baggage = Baggage()
        for index in 0..<40 { baggage.set("k\(index)", to: String(repeating: "ü", count: 100)) }
        let written = Baggage(header: baggage.header)
        #expect(baggage.header.utf8.count <= 8_192)
        // A member has about 605 bytes: 13 fit.
        #expect(written.items == Array(baggage.items.prefix(13)))
    }

    @Test("A member that fills the 8,192 bytes to the last is written")
    func fillsWrittenLimit() {
        var baggage = Baggage()
        baggage.set("k", to: String(repeating: "x", count: 8_190))
        #expect(baggage.header.utf8.count == 8_192)
        baggage.set("k", to: String(repeating: "x", count: 8_191))
        #expect(baggage.header == "")
    }

    @Test("Setting a key again keeps its place; the 65th key is not taken")
    func setting() {
        var baggage = Baggage(header: "a=1,b=2")
        baggage.set("a", to: "3")
        #expect(baggage.header == "a=3,b=2")
        for index in 0..<100 { baggage.set("k\(index)", to: "x") }
        #expect(baggage.items.count == 64)
        baggage.set("b", to: "4")
        #expect(baggage["b"] == "4")
    }
}
