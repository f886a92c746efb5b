internal import Platform

/// A set of few names; most other strings are excluded by their length alone.
struct NameSet: ExpressibleByArrayLiteral, Sendable {
    let names: [StaticString]
    private let lengths: UInt64

    /// - Parameter elements: The names in ASCII, each shorter than 64 bytes.
    init(arrayLiteral elements: StaticString...) {
        self.init(elements)
    }

    static func + (first: NameSet, second: NameSet) -> NameSet { NameSet(first.names + second.names) }

    private init(_ names: [StaticString]) {
        self.names = names
        lengths = names.reduce(0) { $0 | 1 << UInt64($1.utf8CodeUnitCount) }
    }

    /// Returns the index of a name.
    ///
    /// It compares bytes, because creating strings would cost more than parsing a small document.
    func index(of name: StaticString) -> Int? {
        names.firstIndex {
            $0.utf8CodeUnitCount == name.utf8CodeUnitCount
                && memcmp($0.utf8Start, name.utf8Start, name.utf8CodeUnitCount) == 0
        }
    }

    /// Returns true if a name has this length, in bytes.
    func mayHold(length: Int) -> Bool { lengths & (1 << UInt64(clamping: length)) != 0 }
}
