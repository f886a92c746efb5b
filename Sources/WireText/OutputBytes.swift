/// A growing byte buffer with a single owner, used by all encoders.
///
/// An array checks uniqueness and capacity for every byte. Here, each value reserves its maximum size once and is then
/// stored. No other encoder code manages memory.
package struct OutputBytes: ~Copyable, @unchecked Sendable {
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    package private(set) var count = 0

    /// - Parameter capacity: The initial capacity, in bytes.
    package init(capacity: Int = 256) {
        precondition(capacity > 0, "memory that cannot be doubled")
        memory = .allocate(byteCount: capacity, alignment: 1)
        self.capacity = capacity
    }

    deinit {
        memory.deallocate()
    }

    /// Passes the bytes to the body; they are valid only during the call.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    package var array: [UInt8] { withBytes { Array($0) } }

    /// Removes all bytes and releases memory that exceeds the given capacity.
    ///
    /// - Parameter keptCapacity: The largest capacity to keep, in bytes.
    package mutating func removeAll(keepingCapacityUpTo keptCapacity: Int) {
        count = 0
        if capacity > keptCapacity { self = OutputBytes(capacity: max(1, keptCapacity)) }
    }

    // MARK: Writing

    /// Reserves space at the end and lets the body write into it.
    ///
    /// - Parameters:
    ///   - maximum: The largest number of bytes that the body writes.
    ///   - body: Receives the reserved space and returns the number of bytes written.
    @inline(__always)
    mutating func append(atMost maximum: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
        reserve(maximum)
        let written = body(memory + count)
        precondition(written <= maximum, "more was written than there was room for")
        count += written
    }

    package mutating func append(_ byte: UInt8) {
        reserve(1)
        memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Appends a string literal.
    package mutating func append(_ text: StaticString) {
        reserve(text.utf8CodeUnitCount)
        (memory + count).copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        (memory + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    package mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Appends a string in UTF-8.
    package mutating func append(utf8Of text: String) {
        text.withUTF8Bytes { append($0) }
    }

    package mutating func append(littleEndian word: UInt64) { appendBytes(of: word.littleEndian) }

    package mutating func append(littleEndian word: UInt32) { appendBytes(of: word.littleEndian) }

    package mutating func append(bigEndian word: UInt64) { appendBytes(of: word.bigEndian) }

    @inline(__always)
    private mutating func appendBytes<Word: FixedWidthInteger>(of word: Word) {
        reserve(MemoryLayout<Word>.size)
        memory.storeBytes(of: word, toByteOffset: count, as: Word.self)
        count += MemoryLayout<Word>.size
    }

    /// Overwrites an existing byte.
    package mutating func replace(at index: Int, with byte: UInt8) {
        precondition(index >= 0 && index < count, "there is no such byte")
        memory.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }

    /// Overwrites eight existing bytes with an integer in little-endian order.
    package mutating func overwrite(at index: Int, littleEndian word: UInt64) {
        precondition(index >= 0 && index <= count - 8, "there are no such bytes")
        memory.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self)
    }

    /// Moves the bytes from an index to the end up, to make space before them.
    ///
    /// - Parameters:
    ///   - index: The index of the first byte to move.
    ///   - distance: The number of bytes to move by. The bytes of the gap must be overwritten.
    package mutating func moveUp(from index: Int, by distance: Int) {
        precondition(index >= 0 && index <= count && distance >= 0, "there is no such byte")
        reserve(distance)
        (memory + index + distance).copyMemory(from: memory + index, byteCount: count - index)
        count += distance
    }

    @inline(__always)
    private mutating func reserve(_ room: Int) {
        if room > capacity - count { grow(by: room) }
    }

    @inline(never)
    private mutating func grow(by room: Int) {
        let capacity = max(2 * capacity, count + room)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
        memory.copyMemory(from: self.memory, byteCount: count)
        self.memory.deallocate()
        self.memory = memory
        self.capacity = capacity
    }

    // MARK: Numbers

    /// Appends an integer in decimal digits.
    package mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: UInt64(value.magnitude))
    }

    /// Appends a number in decimal digits.
    ///
    /// Writes two digits per step, the last ones first, into the end of the reserved space, then moves them to its
    /// start.
    package mutating func append(decimal value: UInt64) {
        let maximum = 20
        append(atMost: maximum) { target in
            var rest = value
            var start = maximum
            while rest >= 100 {
                let pair = Int(rest % 100)
                rest /= 100
                start -= 2
                target.storeBytes(of: Self.pair(pair), toByteOffset: start, as: UInt16.self)
            }
            if rest >= 10 {
                start -= 2
                target.storeBytes(of: Self.pair(Int(rest)), toByteOffset: start, as: UInt16.self)
            } else {
                start -= 1
                target.storeBytes(of: UInt8(ascii: "0") + UInt8(rest), toByteOffset: start, as: UInt8.self)
            }
            target.copyMemory(from: target + start, byteCount: maximum - start)
            return maximum - start
        }
    }

    /// Returns the two digits of a number below 100, in memory order.
    @inline(__always)
    private static func pair(_ value: Int) -> UInt16 {
        let (tens, ones) = value.quotientAndRemainder(dividingBy: 10)
        return UInt16(littleEndian: UInt16(0x3030) + UInt16(tens) + UInt16(ones) << 8)
    }

    /// Appends 16 lower-case hexadecimal digits.
    package mutating func append(hexadecimal value: UInt64) {
        append(bigEndian: Hexadecimal.digits(of: UInt32(value >> 32)))
        append(bigEndian: Hexadecimal.digits(of: UInt32(truncatingIfNeeded: value)))
    }
}
