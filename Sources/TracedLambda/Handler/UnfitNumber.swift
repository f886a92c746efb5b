internal import WireText

/// Finds a number in an event that its type cannot hold.
///
/// `JSONDecoder` reports such a number like text that is not JSON, without its path. The numbers are therefore replaced
/// by zeros until the error is gone, with a binary search.
enum UnfitNumber {
    /// The size beyond which an event is not searched, in bytes: it is decoded up to 20 times.
    static let maximumBytes = 256 * 1024

    /// Returns the path of the last such number in an event.
    ///
    /// - Parameters:
    ///   - body: The event's bytes: valid JSON, which fails.
    ///   - fails: Returns true for an event in which such a number is left.
    /// - Returns: The path, empty for the event itself; nil if the error has another cause, or the event is too large.
    static func path(in body: [UInt8], fails: ([UInt8]) -> Bool) -> String? {
        guard body.count <= maximumBytes else { return nil }
        let numbers = NumberWalk.run(body).ranges
        func failsWithZeros(_ count: Int) -> Bool {
            var text = body
            for range in numbers.prefix(count) {
                text.replaceSubrange(range, with: repeatElement(UInt8(ascii: " "), count: range.count))
                text[range.lowerBound] = UInt8(ascii: "0")
            }
            return fails(text)
        }
        // With zeros for the first `low` numbers the event fails, with zeros for the first `high` it does not.
        var (low, high) = (0, numbers.count)
        guard !numbers.isEmpty, !failsWithZeros(high) else { return nil }
        while high - low > 1 {
            let middle = (low + high) / 2
            if failsWithZeros(middle) { low = middle } else { high = middle }
        }
        return NumberWalk.run(body, searching: numbers[low]).path
    }
}

/// A walk through all numbers of a JSON text.
private struct NumberWalk {
    private let text: UnsafeBufferPointer<UInt8>
    private let wanted: Range<Int>?
    /// The steps from the text's value to the current one: `.name` or `[0]`.
    private var steps: [String] = []

    /// The positions of the numbers, in bytes.
    private(set) var ranges: [Range<Int>] = []
    /// The path of the number that is searched for.
    private(set) var path: String?

    static func run(_ body: [UInt8], searching wanted: Range<Int>? = nil) -> NumberWalk {
        body.withUnsafeBufferPointer { text in
            var walk = NumberWalk(text, wanted)
            // The text is valid JSON.
            try? walk.visit(JSONValue(text))
            return walk
        }
    }

    private init(_ text: UnsafeBufferPointer<UInt8>, _ wanted: Range<Int>?) {
        self.text = text
        self.wanted = wanted
    }

    private mutating func visit(_ value: JSONValue) throws(MalformedJSON) {
        switch value {
        case .object(var members):
            while let (name, value) = try members.nextMember() {
                let name = name.decoded() ?? "…"
                try visit(value, step: steps.isEmpty ? name : ".\(name)")
            }
        case .array(var elements):
            var index = 0
            while let value = try elements.nextElement() {
                try visit(value, step: "[\(index)]")
                index += 1
            }
        case .string: return
        case .scalar(let scalar): collect(UnsafeRawBufferPointer(scalar).trimmingSpace())
        }
    }

    private mutating func visit(_ value: JSONValue, step: String) throws(MalformedJSON) {
        steps.append(step)
        try visit(value)
        steps.removeLast()
    }

    private mutating func collect(_ scalar: UnsafeRawBufferPointer) {
        guard let base = UnsafeRawPointer(text.baseAddress), let start = scalar.baseAddress,
            let first = scalar.first, first == UInt8(ascii: "-") || first.isDigit
        else { return }
        let range = start - base..<start - base + scalar.count
        if range == wanted { path = steps.joined() }
        ranges.append(range)
    }
}
