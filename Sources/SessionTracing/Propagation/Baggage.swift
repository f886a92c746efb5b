internal import WireText

/// The name–value pairs that travel with a trace (https://www.w3.org/TR/baggage/), in their original order.
public struct Baggage: Sendable, Hashable {
    /// One member of the list; properties after `;` are discarded.
    public struct Item: Sendable, Hashable {
        /// The name, a token as defined by the specification.
        public let key: String
        /// The percent-decoded value.
        public let value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The maximum number of members; further ones are ignored.
    package static let maximumItems = 64
    /// The maximum length of a header, in bytes; the rest is ignored.
    package static let maximumBytes = 8_192

    /// The members, with unique keys.
    public private(set) var items: [Item] = []

    package init() {}

    /// Parses a `baggage` header; several headers must be joined by commas first.
    ///
    /// Never fails: invalid members are skipped, and parsing stops after 64 members or 8,192 bytes.
    ///
    /// - Parameters:
    ///   - header: The header's value.
    ///   - decodesPlus: True to decode `+` as a space, as written by HoneyHive's older clients.
    public init(header: String, decodesPlus: Bool = true) {
        guard !header.isEmpty else { return }
        let bytes = Array(header.utf8.prefix(Self.maximumBytes + 1))
        var text = bytes.prefix(Self.maximumBytes)
        // A member cut by the limit would have a wrong value, so it is dropped.
        if let next = bytes[text.endIndex...].first, next != UInt8(ascii: ",") {
            text = text[..<(text.lastIndex(of: UInt8(ascii: ",")) ?? text.startIndex)]
        }
        for member in text.split(separator: UInt8(ascii: ",")) where items.count < Self.maximumItems {
            let pair = member.prefix { $0 != UInt8(ascii: ";") }
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = pair[..<equals].trimmingSpace()
            let key = String(decoding: name, as: UTF8.self)
            // Other names must not be forwarded: written to a header unchanged, they could inject another header.
            guard HeaderSyntax.isName(name), self[key] == nil else { continue }
            let value = pair[(equals + 1)...].trimmingSpace()
            items.append(Item(key: key, value: PercentEncoding.decode(value, decodesPlus: decodesPlus)))
        }
    }

    /// The value of a key, or nil.
    ///
    /// - Parameter key: The key, compared byte by byte.
    public subscript(key: String) -> String? { items.first { $0.key == key }?.value }

    /// Sets a key's value; an existing key keeps its position.
    package mutating func set(_ key: String, to value: String) {
        let item = Item(key: key, value: value)
        if let index = items.firstIndex(where: { $0.key == key }) {
            items[index] = item
        } else if items.count < Self.maximumItems {
            items.append(item)
        }
    }

    /// The value of the `baggage` header, percent-encoded; members that would exceed 8,192 bytes are omitted.
    public var header: String {
        var header = ""
        for item in items {
            let separator = header.isEmpty ? "" : ","
            let member = "\(separator)\(item.key)=\(PercentEncoding.encode(item.value, keeping: Self.isValueByte))"
            if header.utf8.count + member.utf8.count <= Self.maximumBytes { header += member }
        }
        return header
    }

    /// True for a `baggage-octet` (https://www.w3.org/TR/baggage/#value) except `%` and `+`, which a decoding reader
    /// would change.
    private static func isValueByte(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || byte.isVisible && !"%+\",;\\".utf8.contains(byte)
    }
}
