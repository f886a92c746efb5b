internal import WireText

/// An attribute's name: a key within one of HoneyHive's field groups, or any other text.
///
/// Most keys of a span start with a group's prefix, which is not stored in each of them.
struct AttributeKey: Sendable, Hashable {
    /// The group, or nil if ``name`` is the whole key.
    let group: HoneyHiveField.SpanFieldGroup?
    let name: String

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

    static func == (left: AttributeKey, right: AttributeKey) -> Bool {
        // The inlined comparison of lengths excludes most names.
        left.group == right.group && left.name.utf8.count == right.name.utf8.count && left.name == right.name
    }

    /// The key that every span sets.
    static let eventType = AttributeKey(HoneyHiveField.eventType)
}
