/// A span's attributes: each key once, in the order of first writing, bounded in count.
package struct AttributeList: Sendable {
    package struct Entry: Sendable, Equatable {
        package let key: String
        package var value: AttributeValue

        package init(key: String, value: AttributeValue) {
            self.key = key
            self.value = value
        }
    }

    /// What the limits may do to an attribute.
    package enum Priority {
        /// It is dropped when the list is full, and cut when it is too long.
        case ordinary
        /// It stays when the list is full, and is cut when it is too long.
        case required
        /// It stays as it is: an id that is cut names something else, and the span would be filed there.
        case identifying
    }

    /// Up to this count a search from the front beats a dictionary.
    private static let linearSearchCount = 24

    /// What this list has in common with others; it comes first.
    private(set) var shared: SharedAttributes?
    /// What it has beside that.
    private(set) var ownEntries: [Entry] = []
    package private(set) var droppedCount = 0
    private var indexByKey: [String: Int] = [:]
    private let maximumCount: Int
    private let maximumValueBytes: Int

    package init(
        maximumCount: Int = TracingLimits.defaultAttributeCount,
        maximumValueBytes: Int = TracingLimits.defaultValueBytes
    ) {
        self.maximumCount = maximumCount
        self.maximumValueBytes = maximumValueBytes
    }

    package init(limits: TracingLimits) {
        self.init(maximumCount: limits.attributeCount, maximumValueBytes: limits.valueBytes)
    }

    /// A list that begins with what another one holds, which is searched and encoded once for all such lists.
    package init(sharing list: AttributeList) {
        self.init(maximumCount: list.maximumCount, maximumValueBytes: list.maximumValueBytes)
        shared = SharedAttributes(list.entries)
        droppedCount = list.droppedCount
    }

    /// All of them, in the order of first writing.
    package var entries: [Entry] { (shared?.entries ?? []) + ownEntries }

    private var count: Int { (shared?.entries.count ?? 0) + ownEntries.count }

    package subscript(key: String) -> AttributeValue? {
        if let shared, let index = shared.index(of: key) { return shared.entries[index].value }
        return index(of: key).map { ownEntries[$0].value }
    }

    /// Sets an attribute: in place of the one of that key, or as the last one.
    ///
    /// - Parameters:
    ///   - key: The attribute's name.
    ///   - value: Its texts are cut to the limit.
    ///   - priority: What the limits may do to it.
    package mutating func set(_ key: String, to value: AttributeValue, priority: Priority = .ordinary) {
        let value = priority == .identifying ? value : value.truncated(toUTF8Bytes: maximumValueBytes)
        if let shared, shared.index(of: key) != nil { takeOver(shared) }
        if let index = index(of: key) {
            ownEntries[index].value = value
            return
        }
        guard priority != .ordinary || count < maximumCount else {
            droppedCount += 1
            return
        }
        ownEntries.append(Entry(key: key, value: value))
        if ownEntries.count == Self.linearSearchCount + 1 {
            indexAll()
        } else if ownEntries.count > Self.linearSearchCount {
            indexByKey[key] = ownEntries.count - 1
        }
    }

    /// One of the shared attributes is to be another here, so that none of them is shared any longer.
    private mutating func takeOver(_ shared: SharedAttributes) {
        ownEntries = shared.entries + ownEntries
        self.shared = nil
        if ownEntries.count > Self.linearSearchCount { indexAll() }
    }

    private mutating func indexAll() {
        for (index, entry) in ownEntries.enumerated() { indexByKey[entry.key] = index }
    }

    private func index(of key: String) -> Int? {
        guard ownEntries.count <= Self.linearSearchCount else { return indexByKey[key] }
        // Lengths are compared first: to compare texts takes a call each time.
        let length = key.utf8.count
        return ownEntries.firstIndex { $0.key.utf8.count == length && $0.key == key }
    }
}

extension AttributeValue {
    /// With its texts cut to a length; lists of texts are cut one by one.
    fileprivate func truncated(toUTF8Bytes maximum: Int) -> AttributeValue {
        switch self {
        case .string(let text): .string(text.truncated(toUTF8Bytes: maximum))
        case .array(let elements): .array(elements.map { $0.truncated(toUTF8Bytes: maximum) })
        case .dictionary(let members): .dictionary(members.mapValues { $0.truncated(toUTF8Bytes: maximum) })
        case .null, .int, .double, .bool: self
        }
    }
}
