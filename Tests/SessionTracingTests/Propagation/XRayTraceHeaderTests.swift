import SessionTracing
import Testing

@Suite("X-Ray's header")
struct XRayTraceHeaderTests {
    private static let root = "1-5759e988-bd862e3fe1be46a994272793"

    @Test("All fields are read, in any order, with space around them")
    func fields() throws {
        let text =
            "Lineage=1:a87bd80c:1|2:68fd508a:5; Sampled = 1;Parent=53995c3f42cd8ad8 ;Root=\(Self.root);Self=1-2-3"
        let header = try #require(XRayTraceHeader(text))
        #expect(header.root == Self.root)
        #expect(header.parent == "53995c3f42cd8ad8")
        #expect(header.isSampled == true)
        #expect(header.lineage == "1:a87bd80c:1|2:68fd508a:5")
        #expect(
            header.description
                == "Root=\(Self.root);Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:1|2:68fd508a:5"
        )
        #expect(XRayTraceHeader(header.description) == header)
    }

    @Test(
        "Without a root of X-Ray's form there is none",
        arguments: [
            "", ";", "=", "Root", "Root=", "Root=1-2-3;Parent=4;Sampled=1", "Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=2-5759e988-bd862e3fe1be46a994272793", "Root=1-5759e98g-bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a99427279", "Root=1-5759e988-bd862e3fe1be46a994272793-", "root=\(root)",
            "Root=\(root)\u{0}", "Root=1-5759e988-bd862e3fe1be46a994272793\r\nX: y",
            "Root=\(root);" + String(repeating: ";", count: 1_024),
        ]
    )
    func malformed(_ text: String) {
        #expect(XRayTraceHeader(text) == nil)
    }

    @Test(
        "A field that is malformed counts as absent",
        arguments: [
            "Parent=1", "Parent=53995c3f42cd8adg", "Sampled=?", "Sampled=2", "Lineage=a b", "Lineage=a\r\nX: y",
            "Lineage=",
        ]
    )
    func partly(_ field: String) {
        #expect(XRayTraceHeader("Root=\(Self.root);\(field)")?.description == "Root=\(Self.root)")
    }

    @Test("Of a field that stands twice the first counts")
    func duplicates() {
        #expect(
            XRayTraceHeader("Root=\(Self.root);Sampled=0;Sampled=1;Root=1-00000000-000000000000000000000000")?.isSampled
                == false
        )
    }
}
