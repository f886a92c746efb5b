internal import WireText

/// A span's attributes with unique keys, in the order in which they were first set, limited in count.
package struct AttributeList: Sendable {
    package struct Entry: Sendable, Equatable {
        let attributeKey: AttributeKey
        package var value: AttributeValue

        package init(key: String, value: AttributeValue) {
            self.init(AttributeKey(key), value)
        }

        init(_ attributeKey: AttributeKey, _ value: AttributeValue) {
            self.attributeKey = attributeKey
            self.value = value
        }

        package var key: String { attributeKey.text }

        /// The length of the key in UTF-8, in bytes.
        package var keyByteCount: Int { attributeKey.byteCount }

        /// Passes the key to the body in UTF-8, in one or two parts, without allocating a string.
        package func forEachPartOfKey(_ body: (UnsafeRawBufferPointer) -> Void) { attributeKey.forEachPart(body) }
    }

    /// Determines how the limits apply to an attribute.
    package enum Priority {
        /// Dropped if the list is full, truncated if too long.
        case ordinary
        /// Kept even if the list is full, truncated if too long.
        case required
        /// Always kept in full: a truncated id would assign the span to something else.
        case identifying
    }

    /// The largest count at which a linear search is faster than a dictionary.
    private static let linearSearchCount = 64

    /// The attributes shared with other lists; they come first.
    private(set) var shared: SharedAttributes?
    /// The attributes of this list alone; they follow the shared ones.
    private(set) var ownEntries: [Entry] = []
    package private(set) var droppedCount = 0
    private var indexByKey: [AttributeKey: Int] = [:]
    /// The keys of nested values, whose entries have longer keys.
    private var nestedKeys: Set<AttributeKey> = []
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

    /// Creates a list that starts with the entries of another one, which are indexed and encoded once for all such
    /// lists.
    package init(sharing list: AttributeList) {
        self.init(maximumCount: list.maximumCount, maximumValueBytes: list.maximumValueBytes)
        shared = SharedAttributes(list.entries)
        droppedCount = list.droppedCount
    }

    /// All entries in the order in which they were first set.
    package var entries: [Entry] { (shared?.entries ?? []) + ownEntries }

    private var count: Int { (shared?.entries.count ?? 0) + ownEntries.count }

    package subscript(key: String) -> AttributeValue? {
        let key = AttributeKey(key)
        if let shared, let index = shared.index(of: key) { return shared.entries[index].value }
        return index(of: key).map { ownEntries[$0].value }
    }

    /// Sets an attribute: replaces the one with the same key, or appends it.
    ///
    /// - Parameters:
    ///   - key: The attribute's name.
    ///   - value: The value; its strings are truncated to the limit.
    ///   - priority: How the limits apply to the attribute.
    package mutating func set(_ key: String, to value: AttributeValue, priority: Priority = .ordinary) {
        set(Entry(key: key, value: value), priority: priority)
    }

    mutating func set(_ key: AttributeKey, to value: AttributeValue, priority: Priority) {
        set(Entry(key, value), priority: priority)
    }

    /// Sets several attributes.
    ///
    /// - Parameters:
    ///   - entries: The attributes.
    ///   - areUnique: True if no two of them have the same key.
    package mutating func set(_ entries: [Entry], areUnique: Bool = false) {
        if ownEntries.isEmpty, canTakeOver(entries, areUnique: areUnique) {
            ownEntries = entries
        } else {
            for entry in entries { set(entry, priority: .ordinary) }
        }
    }

    /// Sets the flattened fields; of an earlier value of one of their keys nothing is left.
    ///
    /// - Parameters:
    ///   - fields: The fields.
    ///   - priority: How the limits apply to them.
    /// - Returns: The flattened fields.
    @discardableResult
    mutating func replace(_ fields: HoneyHiveFields, priority: Priority = .ordinary) -> [Entry] {
        var flattening = Flattening()
        for (group, members) in fields.groups where !members.isEmpty {
            removeValues(of: members, in: group)
            flattening.append(members, to: group)
        }
        if priority == .ordinary {
            set(flattening.entries, areUnique: flattening.hasUniqueKeys)
        } else {
            for entry in flattening.entries { set(entry, priority: priority) }
        }
        return flattening.entries
    }

    /// Removes what new values of the keys would leave: the entries of nested values.
    private mutating func removeValues(
        of members: [String: AttributeValue],
        in group: HoneyHiveField.SpanFieldGroup
    ) {
        for (name, value) in members where value != .null {
            let key = AttributeKey(name, in: group)
            if nestedKeys.remove(key) != nil { removeEntries(below: key) }
            guard value.isContainer else { continue }
            nestedKeys.insert(key)
            if let shared, shared.index(of: key) != nil { takeOver(shared) }
            if index(of: key) != nil { remove { $0.attributeKey == key } }
        }
    }

    private mutating func removeEntries(below key: AttributeKey) {
        remove { $0.attributeKey.group == key.group && $0.attributeKey.name.isBelow(key.name) }
    }

    /// Returns true if setting the entries one by one would produce exactly these entries.
    private func canTakeOver(_ entries: [Entry], areUnique: Bool) -> Bool {
        guard entries.count <= Self.linearSearchCount, count + entries.count <= maximumCount else { return false }
        for index in entries.indices {
            if entries[index].value.exceeds(utf8Bytes: maximumValueBytes) { return false }
            if let shared, shared.index(of: entries[index].attributeKey) != nil { return false }
            if !areUnique, entries[..<index].contains(where: { $0.attributeKey == entries[index].attributeKey }) {
                return false
            }
        }
        return true
    }

    /// Returns the attributes of another list, followed by these, which are all kept.
    func following(_ list: AttributeList) -> AttributeList {
        var joined = list
        for entry in entries { joined.set(entry, priority: .required) }
        joined.droppedCount += droppedCount
        return joined
    }

    private mutating func set(_ entry: Entry, priority: Priority) {
        var entry = entry
        if priority != .identifying, entry.value.exceeds(utf8Bytes: maximumValueBytes) {
            entry.value = entry.value.truncated(toUTF8Bytes: maximumValueBytes)
        }
        if let shared, shared.index(of: entry.attributeKey) != nil { takeOver(shared) }
        if let index = index(of: entry.attributeKey) {
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
            indexByKey[entry.attributeKey] = ownEntries.count - 1
        }
    }

    /// Changes the values of the list's own entries; shared ones stay.
    mutating func updateOwnValues(_ change: (inout AttributeValue) -> Void) {
        for index in ownEntries.indices { change(&ownEntries[index].value) }
    }

    /// Removes some of the list's own entries; shared ones stay.
    ///
    /// - Parameters:
    ///   - countsAsDropped: True to count the removed entries as dropped.
    ///   - isUnwanted: Returns true for an entry to remove.
    /// - Returns: The number of removed entries.
    @discardableResult
    mutating func remove(countingAsDropped countsAsDropped: Bool = false, where isUnwanted: (Entry) -> Bool) -> Int {
        let before = ownEntries.count
        ownEntries.removeAll(where: isUnwanted)
        let removed = before - ownEntries.count
        if countsAsDropped { droppedCount += removed }
        indexByKey = [:]
        if ownEntries.count > Self.linearSearchCount { indexAll() }
        return removed
    }

    /// Copies the shared attributes into this list's own, because one of them is about to change.
    private mutating func takeOver(_ shared: SharedAttributes) {
        ownEntries = shared.entries + ownEntries
        self.shared = nil
        if ownEntries.count > Self.linearSearchCount { indexAll() }
    }

    private mutating func indexAll() {
        for (index, entry) in ownEntries.enumerated() { indexByKey[entry.attributeKey] = index }
    }

    private func index(of key: AttributeKey) -> Int? {
        guard ownEntries.count <= Self.linearSearchCount else { return indexByKey[key] }
        return ownEntries.index(of: key)
    }
}

extension [AttributeList.Entry] {
    /// Returns the index of the entry with a key; a closure of `firstIndex(where:)` would get a copy of each entry.
    func index(of key: AttributeKey) -> Int? {
        withUnsafeBufferPointer { entries in
            for index in entries.indices where entries[index].attributeKey == key { return index }
            return nil
        }
    }
}

extension AttributeValue {
    fileprivate var isContainer: Bool {
        switch self {
        case .array, .dictionary: true
        case .null, .string, .int, .double, .bool: false
        }
    }

    /// Returns true if one of its strings is longer than the limit.
    fileprivate func exceeds(utf8Bytes maximum: Int) -> Bool {
        switch self {
        case .string(let text): text.utf8.count > maximum
        case .array(let elements): elements.contains { $0.exceeds(utf8Bytes: maximum) }
        case .dictionary(let members): members.values.contains { $0.exceeds(utf8Bytes: maximum) }
        case .null, .int, .double, .bool: false
        }
    }

    /// Returns the value with its strings truncated; strings in lists are truncated individually.
    func truncated(toUTF8Bytes maximum: Int) -> AttributeValue {
        switch self {
        case .string(let text): .string(text.truncated(toUTF8Bytes: maximum))
        case .array(let elements): .array(elements.map { $0.truncated(toUTF8Bytes: maximum) })
        case .dictionary(let members): .dictionary(members.mapValues { $0.truncated(toUTF8Bytes: maximum) })
        case .null, .int, .double, .bool: self
        }
    }
}

extension String {
    /// Returns true for the name of an entry of a nested value: a key, a dot and more.
    fileprivate func isBelow(_ key: String) -> Bool {
        let count = key.utf8.count
        guard utf8.count > count else { return false }
        return withUTF8Bytes { name in
            name[count] == UInt8(ascii: ".") && key.withUTF8Bytes { $0.elementsEqual(name[..<count]) }
        }
    }
}
