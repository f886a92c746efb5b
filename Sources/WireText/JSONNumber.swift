internal import Platform

/// A number in JSON text (https://www.rfc-editor.org/rfc/rfc8259#section-6), whose type depends only on its text.
package enum JSONNumber: Equatable {
    /// A number without a point and an exponent.
    case int(Int)
    /// A number with a point or an exponent.
    case double(Double)
    /// The text of a number that neither type holds as it is written.
    case decimal(String)

    /// Parses a number; nil if the text is none.
    ///
    /// - Parameter text: The number without white space.
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let digits = Digits(text) else { return nil }
        let string = String(decoding: text, as: UTF8.self)
        if digits.isInteger {
            self = Int(string).map { .int($0) } ?? .decimal(string)
        } else if let double = Double(string), digits.areHeld(by: double) {
            self = .double(double)
        } else {
            self = .decimal(string)
        }
    }

    /// The significant digits of a number and the power of ten by which they are multiplied: equal for `1.50` and
    /// `15e-1`.
    private struct Digits {
        private var significant: [UInt8] = []
        private var exponent = 0

        /// True if the text has neither a point nor an exponent.
        let isInteger: Bool

        /// Parses a number; nil if the text is none.
        init?(_ text: UnsafeBufferPointer<UInt8>) {
            var rest = text[...]
            var isInteger = true
            if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            let whole = Self.popDigits(&rest)
            guard !whole.isEmpty, whole.first != UInt8(ascii: "0") || whole.count == 1 else { return nil }
            significant += whole
            if rest.first == UInt8(ascii: ".") {
                isInteger = false
                rest.removeFirst()
                let fraction = Self.popDigits(&rest)
                guard !fraction.isEmpty else { return nil }
                significant += fraction
                exponent = -fraction.count
            }
            if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
                isInteger = false
                rest.removeFirst()
                var isNegative = false
                if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                    isNegative = sign == UInt8(ascii: "-")
                    rest.removeFirst()
                }
                let power = Self.popDigits(&rest)
                guard !power.isEmpty else { return nil }
                exponent += (isNegative ? -1 : 1) * Self.clamped(power)
            }
            guard rest.isEmpty else { return nil }
            self.isInteger = isInteger
            normalize()
        }

        private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

        private static func popDigits(_ rest: inout Bytes) -> Bytes {
            let digits = rest.prefix { $0.isDigit }
            rest = rest.dropFirst(digits.count)
            return digits
        }

        /// The exponent beyond which a number is zero or infinite as a double: an event has fewer digits.
        private static let maximumExponent = 1_000_000_000

        private static func clamped(_ digits: Bytes) -> Int {
            digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), maximumExponent) }
        }

        private mutating func normalize() {
            significant.removeFirst(significant.prefix { $0 == UInt8(ascii: "0") }.count)
            while significant.last == UInt8(ascii: "0") {
                significant.removeLast()
                exponent += 1
            }
            if significant.isEmpty { exponent = 0 }
        }

        // MARK: Doubles

        /// The number of digits that every double of normal magnitude holds.
        private static let alwaysHeldCount = 15
        /// The largest number of significant digits of a double's exact value.
        private static let maximumCount = 767

        /// Returns true if the double, written with as many digits, has these digits.
        ///
        /// - Parameter double: The double nearest to the number.
        /// - Returns: True if the double holds the number.
        func areHeld(by double: Double) -> Bool {
            guard double.isFinite else { return false }
            if significant.isEmpty || double.isNormal && significant.count <= Self.alwaysHeldCount { return true }
            // The shortest digits of a power of two may differ from its rounded ones.
            return hasValue(of: double.description) || significant.count <= Self.maximumCount && isRounded(double)
        }

        private func isRounded(_ double: Double) -> Bool {
            // A sign, a point and the exponent are 8 bytes at most.
            let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: significant.count + 16) { buffer in
                let count = withVaList([Int32(significant.count - 1), double]) {
                    vsnprintf(buffer.baseAddress, buffer.count, "%.*e", $0)
                }
                return String(decoding: buffer.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
            }
            return hasValue(of: text)
        }

        private func hasValue(of text: String) -> Bool {
            text.withUTF8Bytes { text in
                text.withMemoryRebound(to: UInt8.self) { text in
                    guard let other = Digits(text) else { return false }
                    return other.significant == significant && other.exponent == exponent
                }
            }
        }
    }
}
