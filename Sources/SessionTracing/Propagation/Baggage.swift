/// Name–value pairs that travel with a trace (https://www.w3.org/TR/baggage/), in the order in which they came.
public struct Baggage: Sendable, Hashable {
    /// One member of the list; properties after `;` are not kept.
    public struct Item: Sendable, Hashable {
        /// The name, a token as the specification defines it.
        public let key: String
        /// The value, with percent-encoding undone.
        public let value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Members beyond this count are ignored.
    package static let maximumItems = 64
    /// A header is read up to this length, in bytes.
    package static let maximumBytes = 8_192

    /// The members; a key stands once.
    public private(set) var items: [Item] = []

    package init() {}

    /// Reads a `baggage` header; several of them are to be joined by commas first.
    ///
    /// Never fails: members that break the specification are left out, and reading stops at 64 members or 8,192 bytes.
    ///
    /// - Parameters:
    ///   - header: The header's value.
    ///   - decodesPlus: Reads `+` as a space, as HoneyHive's older clients write it.
    public init(header: String, decodesPlus: Bool = true) {
        guard !header.isEmpty else { return }
        let bytes = Array(header.utf8.prefix(Self.maximumBytes + 1))
        var text = bytes.prefix(Self.maximumBytes)
        // A member that the limit cuts in two would be wrong, not short.
        if let next = bytes[text.endIndex...].first, next != UInt8(ascii: ",") {
            text = text[..<(text.lastIndex(of: UInt8(ascii: ",")) ?? text.startIndex)]
        }
        for member in text.split(separator: UInt8(ascii: ",")) where items.count < Self.maximumItems {
            let pair = member.prefix { $0 != UInt8(ascii: ";") }
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = pair[..<equals].trimmingASCIISpace()
            let key = String(decoding: name, as: UTF8.self)
            guard Self.isToken(name), self[key] == nil else { continue }
            let value = pair[(equals + 1)...].trimmingASCIISpace()
            items.append(Item(key: key, value: PercentEncoding.decode(value, decodesPlus: decodesPlus)))
        }
    }

    /// Whether a text can be a key: a token of RFC 9110, section 5.6.2.
    ///
    /// What is not one must not be handed on: written into a header as it came, it could end the header and start another.
    private static func isToken(_ text: ArraySlice<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy { $0 > 0x20 && $0 < 0x7F && !delimiters.contains($0) }
    }

    private static let delimiters = Array("\"(),/:;<=>?@[\\]{}".utf8)

    /// The value of a key, or nil.
    ///
    /// - Parameter key: Compared byte by byte.
    public subscript(key: String) -> String? { items.first { $0.key == key }?.value }

    /// Sets a key's value; a key that is there keeps its place.
    package mutating func set(_ key: String, to value: String) {
        let item = Item(key: key, value: value)
        if let index = items.firstIndex(where: { $0.key == key }) {
            items[index] = item
        } else if items.count < Self.maximumItems {
            items.append(item)
        }
    }

    /// The `baggage` header's value: percent-encoded, members that would pass 8,192 bytes left out.
    public var header: String {
        var header = ""
        for item in items {
            let separator = header.isEmpty ? "" : ","
            let member = "\(separator)\(item.key)=\(PercentEncoding.encode(item.value))"
            if header.utf8.count + member.utf8.count <= Self.maximumBytes { header += member }
        }
        return header
    }
}
