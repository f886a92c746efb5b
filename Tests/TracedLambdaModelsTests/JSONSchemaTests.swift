import FoundationEssentials
import Testing
import TracedLambda
import TracedLambdaModels

@Suite("JSON Schema of a type")
struct JSONSchemaTests {
    enum Unit: String, Decodable, CaseIterable { case celsius, kelvin }
    enum Level: Int, Decodable, CaseIterable { case low = 1, high = 2 }
    enum Open: String, Decodable { case a }

    struct Place: Decodable {
        let city: String
        let latitude: Double?
    }

    struct Wide: Decodable {
        let name: String
        let unit: Unit
        let level: Level?
        let places: [Place]
        let tags: Set<String>
        let counts: [String: Int]
        let at: Date
        let page: URL
        let id: UUID
        let price: Decimal
        let any: AttributeValue
        let small: UInt8
        let isOn: Bool
    }

    struct Manual: Decodable {
        enum CodingKeys: String, CodingKey { case outer, inner, list = "the_list" }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let nested = try container.nestedContainer(keyedBy: CodingKeys.self, forKey: .outer)
            _ = try nested.decodeIfPresent(String.self, forKey: .inner)
            var list = try container.nestedUnkeyedContainer(forKey: .list)
            while !list.isAtEnd { _ = try list.decode(Int.self) }
        }
    }

    final class Node: Decodable {
        let next: Node?
    }

    @Test("has the keys, types and cases that the type decodes, in its order")
    func infers() throws {
        let schema = try JSONSchema(
            of: Wide.self,
            descriptions: ["unit": "of the result", "places.city": "in English"]
        )
        #expect(
            schema.text == """
                {"type":"object","properties":{"name":{"type":"string"},\
                "unit":{"type":"string","enum":["celsius","kelvin"],"description":"of the result"},\
                "level":{"type":"integer","enum":[1,2]},\
                "places":{"type":"array","items":{"type":"object","properties":{\
                "city":{"type":"string","description":"in English"},"latitude":{"type":"number"}},"required":["city"]}},\
                "tags":{"type":"array","items":{"type":"string"}},\
                "counts":{"type":"object","additionalProperties":{"type":"integer"}},\
                "at":{"type":"string","format":"date-time"},"page":{"type":"string","format":"uri"},\
                "id":{"type":"string","format":"uuid"},"price":{"type":"number"},"any":{},"small":{"type":"integer"},\
                "isOn":{"type":"boolean"}},\
                "required":["name","unit","places","tags","counts","at","page","id","price","any","small","isOn"]}
                """
        )
    }

    @Test("follows a decoding by hand")
    func manual() throws {
        #expect(
            try JSONSchema(of: Manual.self).text == """
                {"type":"object","properties":{"outer":{"type":"object","properties":{"inner":{"type":"string"}}},\
                "the_list":{"type":"array","items":{"type":"integer"}}},"required":["outer","the_list"]}
                """
        )
    }

    @Test("of a type that tells none says why")
    func cannot() {
        for (type, reason) in [
            (Node.self as any Decodable.Type, "it contains itself or is nested deeper than 32 levels"),
            (Open.self, "the enum Open is not CaseIterable"),
        ] {
            let error = #expect(throws: ModelError.self) { try JSONSchema(of: type) }
            #expect(error?.code == .invalidRequest)
            #expect(error?.detail.contains(reason) == true, "\(error?.detail ?? "")")
        }
        #expect(throws: ModelError.self) { try JSONSchema(json: "[1]") }
        #expect(throws: ModelError.self) { try JSONSchema(json: "{") }
    }
}
