/// Names with their values, in order; a name can stand several times.
///
/// A request's headers, query and cookies are such lists. The names of headers are found in any case.
public struct NamedValues: Sendable, Hashable {
    /// One name and one value.
    public struct Item: Sendable, Hashable {
        /// The name, as it was written.
        public let name: String
        /// The value.
        public let value: String
    }

    /// All items in their order.
    public private(set) var items: [Item] = []
    private let ignoresCase: Bool

    init(ignoresCase: Bool) { self.ignoresCase = ignoresCase }

    /// The first value of a name, or nil.
    ///
    /// - Parameter name: For headers in any case.
    public subscript(name: String) -> String? {
        items.first { isSame($0.name, name) }?.value
    }

    /// All values of a name, in order.
    ///
    /// - Parameter name: For headers in any case.
    /// - Returns: The values; none when the name does not stand there.
    public func values(of name: String) -> [String] {
        items.filter { isSame($0.name, name) }.map(\.value)
    }

    /// Adds a value; those that the name has stay.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - value: The value.
    public mutating func append(name: String, value: String) {
        items.append(Item(name: name, value: value))
    }

    mutating func removeAll(of name: String) {
        items = items.filter { !isSame($0.name, name) }
    }

    private func isSame(_ one: String, _ other: String) -> Bool {
        ignoresCase ? one.lowercased() == other.lowercased() : one == other
    }
}

extension NamedValues: ExpressibleByDictionaryLiteral {
    /// Makes headers: `["Content-Type": "text/html", "Link": "</a>", "Link": "</b>"]`.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(ignoresCase: true)
        for (name, value) in elements { append(name: name, value: value) }
    }
}

extension NamedValues: Sequence {
    /// Goes through all items in their order.
    public func makeIterator() -> IndexingIterator<[Item]> { items.makeIterator() }
}
