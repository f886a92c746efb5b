import SessionTracing
import Testing

@Suite("Attributes from models")
struct AttributeEncodingTests {
    private struct Request: Encodable {
        enum CodingKeys: String, CodingKey {
            case text = "query_text"
            case limit, weights, filter, missing
        }
        struct Filter: Encodable { var languages = ["de", "fr"] }

        var text = "cats \"🐝\""
        var limit = 3
        var weights = [0.5, .nan, .infinity, -.infinity]
        var filter = Filter()
        var missing: String?
    }

    private struct Stubborn: Encodable {
        struct Refusal: Error {}
        func encode(to encoder: any Encoder) throws { throw Refusal() }
    }

    @Test("A model's members stand under its own keys")
    func members() throws {
        let expected: [String: AttributeValue] = [
            "query_text": "cats \"🐝\"", "limit": 3, "weights": [0.5, "nan", "inf", "-inf"],
            "filter": ["languages": ["de", "fr"]],
        ]
        #expect(try [String: AttributeValue].encoding(Request()) == expected)
        #expect(try AttributeValue(encoding: Request()) == .dictionary(expected))
    }

    @Test("A model that is no object becomes the member value")
    func noObject() throws {
        #expect(try [String: AttributeValue].encoding([1, 2]) == ["value": [1, 2]])
        #expect(try [String: AttributeValue].encoding("text") == ["value": "text"])
        #expect(try [String: AttributeValue].encoding(true) == ["value": true])
    }

    @Test("What the model throws comes out")
    func throwing() {
        #expect(throws: Stubborn.Refusal.self) { try AttributeValue(encoding: Stubborn()) }
    }
}
