internal import Glibc

/// A few names, told apart from most others by their lengths alone.
struct NameSet: ExpressibleByArrayLiteral, Sendable {
    let names: [StaticString]
    private let lengths: UInt64

    /// - Parameter elements: ASCII, each shorter than 64 bytes.
    init(arrayLiteral elements: StaticString...) {
        self.init(elements)
    }

    static func + (first: NameSet, second: NameSet) -> NameSet { NameSet(first.names + second.names) }

    private init(_ names: [StaticString]) {
        self.names = names
        lengths = names.reduce(0) { $0 | 1 << UInt64($1.utf8CodeUnitCount) }
    }

    /// Compares bytes: a text made of each for that costs more than the rest of a small document.
    func index(of name: StaticString) -> Int? {
        names.firstIndex {
            $0.utf8CodeUnitCount == name.utf8CodeUnitCount
                && memcmp($0.utf8Start, name.utf8Start, name.utf8CodeUnitCount) == 0
        }
    }

    /// Whether a name of this length, in bytes, is among them.
    func mayHold(length: Int) -> Bool { lengths & (1 << UInt64(clamping: length)) != 0 }
}
