/// A span's attributes: each key once, in the order of first writing, bounded in count.
package struct AttributeList: Sendable {
    package struct Entry: Sendable, Equatable {
        let place: AttributeKey
        package var value: AttributeValue

        package init(key: String, value: AttributeValue) {
            self.init(AttributeKey(key), value)
        }

        init(_ place: AttributeKey, _ value: AttributeValue) {
            self.place = place
            self.value = value
        }

        package var key: String { place.text }

        /// The length of the key in UTF-8.
        package var keyByteCount: Int { place.byteCount }

        /// The key in UTF-8, as one or two parts, without making a text of them.
        package func forEachPartOfKey(_ body: (UnsafeRawBufferPointer) -> Void) { place.forEachPart(body) }
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
    private static let linearSearchCount = 64

    /// What this list has in common with others; it comes first.
    private(set) var shared: SharedAttributes?
    /// What it has beside that.
    private(set) var ownEntries: [Entry] = []
    package private(set) var droppedCount = 0
    private var indexByKey: [AttributeKey: Int] = [:]
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
        let key = AttributeKey(key)
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
        set(Entry(key: key, value: value), priority: priority)
    }

    mutating func set(_ key: AttributeKey, to value: AttributeValue, priority: Priority) {
        set(Entry(key, value), priority: priority)
    }

    /// Sets each of some attributes.
    package mutating func set(_ entries: [Entry]) {
        if ownEntries.isEmpty, canTakeOver(entries) {
            ownEntries = entries
        } else {
            for entry in entries { set(entry, priority: .ordinary) }
        }
    }

    /// Whether entries, set one by one, would be the list's own as they stand.
    private func canTakeOver(_ entries: [Entry]) -> Bool {
        guard entries.count <= Self.linearSearchCount, count + entries.count <= maximumCount else { return false }
        for index in entries.indices {
            if entries[index].value.exceeds(utf8Bytes: maximumValueBytes) { return false }
            if let shared, shared.index(of: entries[index].place) != nil { return false }
            for other in 0..<index where entries[other].place == entries[index].place { return false }
        }
        return true
    }

    private mutating func set(_ entry: Entry, priority: Priority) {
        var entry = entry
        if priority != .identifying, entry.value.exceeds(utf8Bytes: maximumValueBytes) {
            entry.value = entry.value.truncated(toUTF8Bytes: maximumValueBytes)
        }
        if let shared, shared.index(of: entry.place) != nil { takeOver(shared) }
        if let index = index(of: entry.place) {
            ownEntries[index].value = entry.value
            return
        }
        guard priority != .ordinary || count < maximumCount else {
            droppedCount += 1
            return
        }
        ownEntries.append(entry)
        if ownEntries.count == Self.linearSearchCount + 1 {
            indexAll()
        } else if ownEntries.count > Self.linearSearchCount {
            indexByKey[entry.place] = ownEntries.count - 1
        }
    }

    /// One of the shared attributes is to be another here, so that none of them is shared any longer.
    private mutating func takeOver(_ shared: SharedAttributes) {
        ownEntries = shared.entries + ownEntries
        self.shared = nil
        if ownEntries.count > Self.linearSearchCount { indexAll() }
    }

    private mutating func indexAll() {
        for (index, entry) in ownEntries.enumerated() { indexByKey[entry.place] = index }
    }

    private func index(of key: AttributeKey) -> Int? {
        guard ownEntries.count <= Self.linearSearchCount else { return indexByKey[key] }
        return ownEntries.firstIndex { $0.place == key }
    }
}

extension AttributeValue {
    /// Whether one of its texts is longer than that.
    fileprivate func exceeds(utf8Bytes maximum: Int) -> Bool {
        switch self {
        case .string(let text): text.utf8.count > maximum
        case .array(let elements): elements.contains { $0.exceeds(utf8Bytes: maximum) }
        case .dictionary(let members): members.values.contains { $0.exceeds(utf8Bytes: maximum) }
        case .null, .int, .double, .bool: false
        }
    }

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
