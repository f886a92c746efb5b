/// An attribute's name: a place in one of HoneyHive's documents, or any other text.
///
/// Most keys of a span begin with the name of a document, which is not copied for each of them.
struct AttributeKey: Sendable {
    /// Nil when the key is ``name`` alone.
    let document: HoneyHiveField.Document?
    let name: String
    /// Tells most keys apart: to compare texts takes a call each time.
    ///
    /// Whoever chooses keys can choose ones with the same mark; then texts are compared as they would be without it.
    private let mark: UInt32

    init(_ name: String, in document: HoneyHiveField.Document) {
        self.init(document: document, name: name)
    }

    /// - Parameter text: The whole key.
    init(_ text: String) {
        if let document = HoneyHiveField.Document(of: text) {
            let name = Substring(text.utf8.dropFirst(document.prefix.utf8CodeUnitCount))
            self.init(document: document, name: String(name))
        } else {
            self.init(document: nil, name: text)
        }
    }

    private init(document: HoneyHiveField.Document?, name: String) {
        self.document = document
        self.name = name
        let seed = UInt64(document?.prefix.utf8CodeUnitCount ?? 0)
        mark = name.withUTF8Bytes { text in
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
    var text: String { document.map { "\($0.prefix)\(name)" } ?? name }

    /// The length of the whole key in UTF-8.
    var byteCount: Int { (document?.prefix.utf8CodeUnitCount ?? 0) + name.utf8.count }

    /// The whole key in UTF-8, part by part.
    func forEachPart(_ body: (UnsafeRawBufferPointer) -> Void) {
        if let prefix = document?.prefix {
            body(UnsafeRawBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
        }
        name.withUTF8Bytes { body($0) }
    }

    /// The one key that every span sets.
    static let eventType = AttributeKey(HoneyHiveField.eventType)

    /// One of 64 bits, for a set of many keys in a word.
    var bit: UInt64 { 1 << UInt64(mark & 63) }
}

extension AttributeKey: Hashable {
    @inline(__always)
    static func == (left: AttributeKey, right: AttributeKey) -> Bool {
        left.mark == right.mark && left.document == right.document && left.name == right.name
    }

    /// Not by the mark alone, which can be chosen.
    func hash(into hasher: inout Hasher) {
        hasher.combine(document)
        hasher.combine(name)
    }
}
