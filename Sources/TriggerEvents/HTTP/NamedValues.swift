internal import WireText

/// An ordered list of names and values, such as a request's headers, query or cookies; names can be repeated.
///
/// The names of headers match in any case.
public struct NamedValues: Sendable, Hashable {
    /// One name with one value.
    public struct Item: Sendable, Hashable {
        /// The name in its original spelling.
        public let name: String
        /// The value.
        public let value: String
    }

    /// All items in order.
    public private(set) var items: [Item] = []
    private let ignoresCase: Bool

    init(ignoresCase: Bool) { self.ignoresCase = ignoresCase }

    /// The first value of a name, or nil.
    ///
    /// - Parameter name: The name; for headers, in any case.
    public subscript(name: String) -> String? {
        items.first { isSame($0.name, name) }?.value
    }

    /// Returns all values of a name in order.
    ///
    /// - Parameter name: The name; for headers, in any case.
    /// - Returns: The values; empty if the name does not occur.
    public func values(of name: String) -> [String] {
        items.filter { isSame($0.name, name) }.map(\.value)
    }

    /// Appends a value; existing values of the name are kept.
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
        ignoresCase ? one.equalsIgnoringCase(other) : one == other
    }
}

extension NamedValues: ExpressibleByDictionaryLiteral {
    /// Creates headers: `["Content-Type": "text/html", "Link": "</a>", "Link": "</b>"]`.
    ///
    /// - Parameter elements: The names and values in order.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(ignoresCase: true)
        for (name, value) in elements { append(name: name, value: value) }
    }
}

extension NamedValues: Sequence {
    /// Returns an iterator over all items in order.
    public func makeIterator() -> IndexingIterator<[Item]> { items.makeIterator() }
}
