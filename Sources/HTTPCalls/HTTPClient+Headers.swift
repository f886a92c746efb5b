internal import CurlTransport
internal import WireText

extension HTTPClient {
    /// Header fields in their order; names match in any case.
    ///
    /// ```swift
    /// var headers: HTTPClient.Headers = ["Accept": "application/json"]
    /// headers["X-Request-Source"] = "report"
    /// headers.add("text/plain", to: "Accept")
    /// ```
    public struct Headers: Sendable, Hashable, ExpressibleByDictionaryLiteral, RandomAccessCollection {
        /// A header field.
        public struct Field: Sendable, Hashable {
            /// The name, as it was written.
            public let name: String
            /// The value, without surrounding white space.
            public let value: String

            /// Creates a field.
            ///
            /// - Parameters:
            ///   - name: The name; a field that cannot be sent makes the call fail.
            ///   - value: The value.
            public init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        /// The fields as they are sent and received.
        var wire: HTTPHeaders

        /// Creates header fields.
        ///
        /// - Parameter fields: The fields in the order in which they are sent.
        public init(_ fields: [Field] = []) {
            wire = HTTPHeaders(fields.map { HTTPHeaders.Field(name: $0.name, value: $0.value) })
        }

        /// Creates header fields of names and values, in their order; names may repeat.
        public init(dictionaryLiteral elements: (String, String)...) {
            wire = HTTPHeaders(elements.map { HTTPHeaders.Field(name: $0.0, value: $0.1) })
        }

        init(_ wire: HTTPHeaders) {
            self.wire = wire
        }

        /// The first value of a field; nil if there is none.
        ///
        /// Setting replaces all values of the field; nil removes them.
        public subscript(name: String) -> String? {
            get { wire[name] }
            set {
                let index = wire.fields.firstIndex { $0.name.equalsIgnoringCase(name) }
                wire.removeAll(name)
                guard let newValue else { return }
                wire.fields.insert(.init(name: name, value: newValue), at: index ?? wire.fields.endIndex)
            }
        }

        /// Returns all values of a field, in their order.
        ///
        /// - Parameter name: The field's name, in any case.
        /// - Returns: The values; empty if there is no such field.
        public func values(of name: String) -> [String] {
            wire.fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
        }

        /// Adds a value to those that a field has.
        ///
        /// - Parameters:
        ///   - value: The value.
        ///   - name: The field's name.
        public mutating func add(_ value: String, to name: String) {
            wire.append(name: name, value: value)
        }

        /// Returns these fields with others, which take the place of those with the same name.
        ///
        /// - Parameter others: The other fields.
        /// - Returns: The fields of both.
        public func merging(_ others: Headers) -> Headers {
            Headers(HTTPHeaders(wire.fields.filter { others[$0.name] == nil } + others.wire.fields))
        }

        /// The index of the first field.
        public var startIndex: Int { wire.fields.startIndex }
        /// The index behind the last field.
        public var endIndex: Int { wire.fields.endIndex }
        /// The field at an index.
        public subscript(index: Int) -> Field {
            let field = wire.fields[index]
            return Field(name: field.name, value: field.value)
        }
    }
}
