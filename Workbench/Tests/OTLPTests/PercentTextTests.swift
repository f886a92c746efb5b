import Testing

@testable import OTLP

@Suite("Percent-encoding")
struct PercentTextTests {
    @Test(
        "is undone, and what is no escape stays",
        arguments: [
            ("a%20b", "a b"), ("%C3%A4", "ä"), ("%e2%82%ac", "€"), ("100%", "100%"), ("%4", "%4"), ("%zz", "%zz"),
            ("%+1", "%+1"), ("a+b", "a+b"), ("%2520", "%20"), ("%FF", "\u{FFFD}"),
        ]
    )
    func decodes(_ text: String, _ expected: String) {
        #expect(PercentText.decoded(text) == expected)
    }

    @Test("reads a plus as a space in a query alone")
    func plus() {
        #expect(PercentText.decoded("a+b%2B", plusIsSpace: true) == "a b+")
    }

    @Test("encodes all that has a meaning in a URL, and comes back")
    func encodes() {
        let text = "a-Z0._~ /?#%&=ä€\u{0}"
        #expect(PercentText.encoded(text) == "a-Z0._~%20%2F%3F%23%25%26%3D%C3%A4%E2%82%AC%00")
        #expect(PercentText.decoded(PercentText.encoded(text)) == text)
    }
}
