/// A span's attributes: each key once, in the order of first writing, bounded in count.
package struct AttributeList: Sendable {
    package struct Entry: Sendable, Equatable {
        package let key: String
        package var value: AttributeValue
    }

    /// More attributes than this on one span are dropped and counted.
    ///
    /// The specification's default of 128 is made for flat attributes; HoneyHive's fields spread one document over
    /// many.
    package static let defaultMaximumCount = 1_024
    /// Up to this count a search from the front beats a dictionary.
    private static let linearSearchCount = 24

    package private(set) var entries: [Entry] = []
    package private(set) var droppedCount = 0
    private var indexByKey: [String: Int] = [:]
    private let maximumCount: Int

    package init(maximumCount: Int = Self.defaultMaximumCount) {
        self.maximumCount = maximumCount
    }

    package subscript(key: String) -> AttributeValue? {
        index(of: key).map { entries[$0].value }
    }

    package mutating func set(_ key: String, to value: AttributeValue) {
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
