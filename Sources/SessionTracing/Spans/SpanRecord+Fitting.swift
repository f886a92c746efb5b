/// Cuts a span that is larger than a request may be.
///
/// Values are cut from the largest down to a common size, so that small values stay whole. What is not a value
/// (numerous events, long keys) is dropped and counted if that is not enough.
extension SpanRecord {
    /// The size to which a value may be cut, in bytes; ids and names of sessions are shorter.
    static let minimumCutBytes = 256

    /// Returns the span with as much of its values as fits, marked with ``HoneyHiveField/truncated``.
    ///
    /// - Parameters:
    ///   - maximum: The maximum size of the encoded span, in bytes.
    ///   - encodedSize: Returns the size of an encoded span, in bytes.
    /// - Returns: The span; the span itself if it fits as it is.
    func fitted(toBytes maximum: Int, encodedSize: (SpanRecord) -> Int) -> SpanRecord {
        var size = encodedSize(self)
        guard size > maximum else { return self }
        var whole = self
        whole.attributes.set(HoneyHiveField.truncated, to: true, priority: .required)
        let weights = whole.weights
        var span = whole
        var level = weights.last ?? 0
        while size > maximum, level > Self.minimumCutBytes {
            let weight = weights.reduce(0) { $0 + min($1, level) }
            let kept = Int(Double(weight) * Double(maximum) / Double(size))
            // The encoding of what remains can be longer than the average, so each round cuts at least an eighth.
            level = max(Self.minimumCutBytes, min(Self.level(keeping: kept, of: weights), level - level / 8))
            span = whole.cut(to: level)
            size = encodedSize(span)
        }
        if size > maximum { span.dropLinksAndEvents() }
        size = encodedSize(span)
        while size > maximum, span.attributes.dropLargest(atLeastBytes: size - maximum) { size = encodedSize(span) }
        return span
    }

    /// The sizes of all values that can be cut, in ascending order.
    private var weights: [Int] {
        var weights = [name.utf8.count]
        if case .error(let message) = status { weights.append(message.utf8.count) }
        weights += attributes.ownEntries.map(\.value.weight)
        for event in events { weights += [event.name.utf8.count] + event.attributes.ownEntries.map(\.value.weight) }
        for link in links { weights += link.attributes.ownEntries.map(\.value.weight) }
        return weights.sorted()
    }

    /// Returns the size to which the values must be cut so that they have a given size together.
    private static func level(keeping kept: Int, of weights: [Int]) -> Int {
        var rest = kept
        for (index, weight) in weights.enumerated() {
            let share = rest / (weights.count - index)
            if weight > share { return share }
            rest -= weight
        }
        return weights.last ?? 0
    }

    private func cut(to level: Int) -> SpanRecord {
        var span = self
        span.name = name.truncated(toUTF8Bytes: level)
        span.status = status.truncated(toUTF8Bytes: level)
        span.attributes.cutValues(to: level)
        span.events = events.map { event in
            var attributes = event.attributes
            attributes.cutValues(to: level)
            return Event(
                name: event.name.truncated(toUTF8Bytes: level),
                unixNanoseconds: event.unixNanoseconds,
                attributes: attributes
            )
        }
        span.links = links.map { link in
            var attributes = link.attributes
            attributes.cutValues(to: level)
            return Link(traceID: link.traceID, spanID: link.spanID, attributes: attributes)
        }
        return span
    }

    private mutating func dropLinksAndEvents() {
        droppedEventCount += events.count
        droppedLinkCount += links.count
        (events, links) = ([], [])
    }
}

extension AttributeList {
    fileprivate mutating func cutValues(to level: Int) {
        updateOwnValues { $0 = $0.cut(to: level) }
    }

    /// Drops the largest attributes and counts them; the ids and the type of the span are kept.
    ///
    /// - Parameter byteCount: The size to drop, in bytes; less is dropped if there is no more.
    /// - Returns: False if there was nothing to drop.
    fileprivate mutating func dropLargest(atLeastBytes byteCount: Int) -> Bool {
        let sizes = ownEntries.filter { !$0.isIdentifying }.map(\.weight).sorted(by: >)
        var (dropped, limit) = (0, 0)
        for size in sizes where dropped < byteCount { (dropped, limit) = (dropped + size, size) }
        return remove(countingAsDropped: true) { !$0.isIdentifying && $0.weight >= limit } > 0
    }
}

extension AttributeList.Entry {
    fileprivate var weight: Int { keyByteCount + value.weight }

    fileprivate var isIdentifying: Bool {
        let key = key
        return keyByteCount <= SpanRecord.minimumCutBytes
            && (key.hasPrefix("honeyhive.") || key.hasPrefix(HoneyHiveField.traceloopPrefix)
                || key == HoneyHiveField.eventType || key == HoneyHiveField.truncated)
    }
}

extension AttributeValue {
    /// The approximate size of a scalar's encoding, and of what surrounds an element of a container, in bytes.
    private static let scalarBytes = 32

    /// The approximate size of the value's encoding, in bytes.
    var weight: Int {
        switch self {
        case .null, .int, .double, .bool: Self.scalarBytes
        case .string(let text): text.utf8.count
        case .array(let elements): elements.reduce(0) { $0 + $1.weight + Self.scalarBytes }
        case .dictionary(let members):
            members.reduce(0) { $0 + $1.key.utf8.count + $1.value.weight + Self.scalarBytes }
        }
    }

    /// Returns the value cut to a weight: a text or a container ends with `…`.
    func cut(to maximum: Int) -> AttributeValue {
        guard weight > maximum else { return self }
        switch self {
        case .null, .int, .double, .bool: return self
        case .string(let text): return .string(text.truncated(toUTF8Bytes: maximum))
        case .array(let elements):
            var (kept, rest) = ([AttributeValue](), maximum)
            for element in elements {
                let weight = element.weight + Self.scalarBytes
                guard weight <= rest else {
                    kept.append(rest > 2 * Self.scalarBytes ? element.cut(to: rest - Self.scalarBytes) : "…")
                    break
                }
                kept.append(element)
                rest -= weight
            }
            return .array(kept)
        case .dictionary(let members):
            var (kept, rest) = ([String: AttributeValue](), maximum)
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                let weight = key.utf8.count + value.weight + Self.scalarBytes
                guard weight <= rest else {
                    let left = rest - key.utf8.count - Self.scalarBytes
                    if left > Self.scalarBytes { kept[key] = value.cut(to: left) } else { kept["…"] = "…" }
                    break
                }
                kept[key] = value
                rest -= weight
            }
            return .dictionary(kept)
        }
    }
}
