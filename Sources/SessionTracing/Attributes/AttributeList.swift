/// A span's attributes: each key once, in the order of first writing, bounded in count.
package struct AttributeList: Sendable {
    package struct Entry: Sendable, Equatable {
        package let key: String
        package var value: AttributeValue
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

    package mutating func set(_ key: String, to value: AttributeValue) {
        let value = value.truncated(toUTF8Bytes: maximumValueBytes)
        if let index = index(of: key) {
            entries[index].value = value
            return
        }
        guard entries.count < maximumCount else {
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
