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

    package private(set) var entries: [Entry] = []
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

    package subscript(key: String) -> AttributeValue? {
        index(of: key).map { entries[$0].value }
    }

    /// Sets an attribute: in place of the one of that key, or as the last one.
    ///
    /// - Parameters:
    ///   - key: The attribute's name.
    ///   - value: Its texts are cut to the limit.
    ///   - priority: What the limits may do to it.
    package mutating func set(_ key: String, to value: AttributeValue, priority: Priority = .ordinary) {
        let value = priority == .identifying ? value : value.truncated(toUTF8Bytes: maximumValueBytes)
        if let index = index(of: key) {
            entries[index].value = value
            return
        }
        guard priority != .ordinary || entries.count < maximumCount else {
            droppedCount += 1
            return
        }
        entries.append(Entry(key: key, value: value))
        if entries.count == Self.linearSearchCount + 1 {
            for (index, entry) in entries.enumerated() { indexByKey[entry.key] = index }
        } else if entries.count > Self.linearSearchCount {
            indexByKey[key] = entries.count - 1
        }
    }

    private func index(of key: String) -> Int? {
        entries.count > Self.linearSearchCount ? indexByKey[key] : entries.firstIndex { $0.key == key }
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
