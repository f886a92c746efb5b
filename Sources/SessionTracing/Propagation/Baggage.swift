internal import WireText

/// The name–value pairs that travel with a trace (https://www.w3.org/TR/baggage/), in their original order.
public struct Baggage: Sendable, Hashable {
    /// One member of the list.
    public struct Item: Sendable, Hashable {
        /// The name, a token as defined by the specification.
        public let key: String
        /// The percent-decoded value.
        public let value: String
        /// The percent-encoded value and the properties, as they are written.
        ///
        /// Those of a received member are unchanged.
        fileprivate let encoded: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
            encoded = PercentEncoding.encode(value, keeping: Baggage.isWrittenByte)
        }

        /// Parses a member; nil if its name is not a token.
        fileprivate init?(_ member: ArraySlice<UInt8>) {
            let pair = member.prefix { $0 != UInt8(ascii: ";") }
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = pair[..<equals].trimmingSpace()
            // Other names must not be forwarded: written to a header unchanged, they could inject another header.
            guard HeaderSyntax.isName(name) else { return nil }
            key = String(decoding: name, as: UTF8.self)
            let text = pair[(equals + 1)...].trimmingSpace()
            // HoneyHive's clients up to 0.2.57 write a space as `+`. In other members `+` stands for itself.
            value = PercentEncoding.decode(text, decodesPlus: Baggage.isAssociation(key))
            var encoded =
                text.allSatisfy(Baggage.isValueByte)
                ? String(decoding: text, as: UTF8.self) : PercentEncoding.encode(value, keeping: Baggage.isWrittenByte)
            let properties = member[pair.endIndex...].trimmingSpace()
            if properties.allSatisfy(Baggage.isPropertyByte) { encoded += String(decoding: properties, as: UTF8.self) }
            self.encoded = encoded
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
    /// Never fails: invalid members are skipped, and parsing stops after 64 members or 8,192 bytes. `+` stands for
    /// itself, except in the members with HoneyHive's session, project and source, where older clients write it for a
    /// space.
    ///
    /// - Parameter header: The header's value.
    public init(header: String) {
        guard !header.isEmpty else { return }
        let bytes = Array(header.utf8.prefix(Self.maximumBytes + 1))
        var text = bytes.prefix(Self.maximumBytes)
        // A member cut by the limit would have a wrong value, so it is dropped.
        if let next = bytes[text.endIndex...].first, next != UInt8(ascii: ",") {
            text = text[..<(text.lastIndex(of: UInt8(ascii: ",")) ?? text.startIndex)]
        }
        for member in text.split(separator: UInt8(ascii: ",")) where items.count < Self.maximumItems {
            if let item = Item(member), self[item.key] == nil { items.append(item) }
        }
    }

    /// The value of a key, or nil.
    ///
    /// - Parameter key: The key, compared byte by byte.
    public subscript(key: String) -> String? { items.first { $0.key == key }?.value }

    /// Sets a key's value; an existing key keeps its position.
    package mutating func set(_ key: String, to value: String) {
        set(Item(key: key, value: value))
    }

    /// Sets a member; an existing one with its key is replaced.
    package mutating func set(_ item: Item) {
        if let index = items.firstIndex(where: { $0.key == item.key }) {
            items[index] = item
        } else if items.count < Self.maximumItems {
            items.append(item)
        }
    }

    /// The value of the `baggage` header; members that would exceed 8,192 bytes are omitted.
    ///
    /// Received members are written as they came, with their properties; other values are percent-encoded.
    public var header: String {
        var header = ""
        for item in items {
            let member = "\(header.isEmpty ? "" : ",")\(item.key)=\(item.encoded)"
            if header.utf8.count + member.utf8.count <= Self.maximumBytes { header += member }
        }
        return header
    }

    /// True for a `baggage-octet` (https://www.w3.org/TR/baggage/#value).
    private static func isValueByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\\"): false
        default: byte.isVisible
        }
    }

    /// True for a `baggage-octet` except `%` and `+`, which a decoding reader would change.
    private static func isWrittenByte(_ byte: UInt8) -> Bool {
        isValueByte(byte) && byte != UInt8(ascii: "%") && byte != UInt8(ascii: "+")
    }

    /// True for a byte of a property that a header may contain; the specification gives properties no meaning.
    private static func isPropertyByte(_ byte: UInt8) -> Bool { byte.isVisible || byte == 0x20 || byte == 0x09 }
}
