/// An attribute's name: a key within one of HoneyHive's field groups, or any other text.
///
/// Most keys of a span start with a group's prefix, which is not stored in each of them.
struct AttributeKey: Sendable {
    /// The group, or nil if ``name`` is the whole key.
    let group: HoneyHiveField.SpanFieldGroup?
    let name: String
    /// A hash that distinguishes most keys without comparing strings.
    ///
    /// Collisions are harmless: keys with equal hashes are compared in full.
    private let shortHash: UInt32

    init(_ name: String, in group: HoneyHiveField.SpanFieldGroup) {
        self.init(group: group, name: name)
    }

    /// - Parameter text: The whole key.
    init(_ text: String) {
        if let group = HoneyHiveField.SpanFieldGroup(of: text) {
            let name = Substring(text.utf8.dropFirst(group.prefix.utf8CodeUnitCount))
            self.init(group: group, name: String(name))
        } else {
            self.init(group: nil, name: text)
        }
    }

    private init(group: HoneyHiveField.SpanFieldGroup?, name: String) {
        self.group = group
        self.name = name
        let seed = UInt64(group?.prefix.utf8CodeUnitCount ?? 0)
        shortHash = name.withUTF8Bytes { text in
            var hash = seed << 32 | UInt64(text.count)
            var index = 0
            while index < text.count {
                hash = (hash ^ text.word(at: index)) &* 0x9E37_79B9_7F4A_7C15
                hash ^= hash >> 32
                index += 8
            }
            return UInt32(truncatingIfNeeded: hash)
        }
    }

    /// The whole key.
    var text: String { group.map { "\($0.prefix)\(name)" } ?? name }

    /// The length of the whole key in UTF-8, in bytes.
    var byteCount: Int { (group?.prefix.utf8CodeUnitCount ?? 0) + name.utf8.count }

    /// Passes the whole key to the body in UTF-8, in one or two parts.
    func forEachPart(_ body: (UnsafeRawBufferPointer) -> Void) {
        if let prefix = group?.prefix {
            body(UnsafeRawBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
        }
        name.withUTF8Bytes { body($0) }
    }

    /// The key that every span sets.
    static let eventType = AttributeKey(HoneyHiveField.eventType)

    /// One of 64 bits, chosen by the hash, for a bit set of many keys.
    var bit: UInt64 { 1 << UInt64(shortHash & 63) }
}

extension AttributeKey: Hashable {
    @inline(__always)
    static func == (left: AttributeKey, right: AttributeKey) -> Bool {
        left.shortHash == right.shortHash && left.group == right.group && left.name == right.name
    }

    /// Hashes the whole key; keys with colliding ``shortHash`` values can be constructed.
    func hash(into hasher: inout Hasher) {
        hasher.combine(group)
        hasher.combine(name)
    }
}
