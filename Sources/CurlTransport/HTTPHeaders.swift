internal import WireText

/// Header fields in their original order; names match without regard to ASCII case.
package struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// Checks that the field cannot inject another header field.
        ///
        /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest``. The message contains the field's name but
        ///   never its value, which may be an API key.
        package func validate() throws(CurlError) {
            guard HeaderSyntax.isName(name) else {
                throw CurlError(code: .invalidRequest, detail: "a header's name is not a token")
            }
            guard HeaderSyntax.isValue(value) else {
                throw CurlError(
                    code: .invalidRequest,
                    detail: "the value of header \(name) holds a line break or another control character"
                )
            }
        }
    }

    package var fields: [Field]

    package init(_ fields: [Field] = []) {
        self.fields = fields
    }

    init(capacity: Int) {
        fields = []
        fields.reserveCapacity(capacity)
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    package mutating func append(name: String, value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Removes all values of a field.
    package mutating func removeAll(_ name: String) {
        fields.removeAll { $0.name.equalsIgnoringCase(name) }
    }

    /// The first value of a field, or nil if there is none.
    package subscript(name: String) -> String? {
        fields.first { $0.name.equalsIgnoringCase(name) }?.value
    }

    /// Returns the first value of a field, or nil if there is none or it is empty: the Runtime API uses both for
    /// "absent".
    package func nonEmpty(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }
}
