import CurlTransport
import Testing

@Suite("Header fields as a value")
struct HTTPHeadersTests {
    @Test("A field is found by its name in any ASCII case, and by no other name")
    func lookup() {
        let headers: HTTPHeaders = ["Lambda-Runtime-Deadline-Ms": "1", "x": "2", "X": "3"]
        #expect(headers["lambda-runtime-deadline-ms"] == "1")
        #expect(headers["LAMBDA-RUNTIME-DEADLINE-MS"] == "1")
        #expect(headers["X"] == "2")
        #expect(headers["Lambda-Runtime-Deadline"] == nil)
        // `[` and `{`, `@` and `` ` `` differ only by the bit of a letter's case.
        #expect(HTTPHeaders(dictionaryLiteral: ("a[", "1"))["a{"] == nil)
        #expect(HTTPHeaders(dictionaryLiteral: ("a@", "1"))["a`"] == nil)
    }

    @Test("An empty value counts as none where the Runtime API means that")
    func nonEmpty() {
        let headers: HTTPHeaders = ["Empty": "", "Full": "x"]
        #expect(headers["Empty"] == "")
        #expect(headers.nonEmpty("Empty") == nil)
        #expect(headers.nonEmpty("full") == "x")
        #expect(headers.nonEmpty("None") == nil)
    }

    @Test("Appended fields keep their order, and equal names stand side by side")
    func append() {
        var headers = HTTPHeaders()
        headers.append(name: "B", value: "1")
        headers.append(name: "A", value: "2")
        headers.append(name: "b", value: "3")
        #expect(headers.fields.map(\.name) == ["B", "A", "b"])
        #expect(headers.fields.map(\.value) == ["1", "2", "3"])
    }
}
