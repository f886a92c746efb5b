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

    @inline(__always)
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Appends a string literal; the compiler turns it into a few stores.
    @inline(__always)
    mutating func append(_ text: StaticString) {
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

    mutating func append(utf8Of text: String) {
        text.withUTF8Bytes { append($0) }
    }

    @inline(__always)
    mutating func append<Word: FixedWidthInteger>(littleEndian word: Word) {
        reserve(MemoryLayout<Word>.size)
        memory.storeBytes(of: word.littleEndian, toByteOffset: count, as: Word.self)
        count += MemoryLayout<Word>.size
    }

    @inline(__always)
    mutating func append<Word: FixedWidthInteger>(bigEndian word: Word) {
        append(littleEndian: word.byteSwapped)
    }

    /// Overwrites an existing byte.
    mutating func replace(at index: Int, with byte: UInt8) {
        precondition(index >= 0 && index < count, "there is no such byte")
        memory.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }

    /// Moves the bytes from an index to the end up, to make space before them.
    ///
    /// - Parameters:
    ///   - index: The index of the first byte to move.
    ///   - distance: The number of bytes to move by. The bytes of the gap must be overwritten.
    mutating func moveUp(from index: Int, by distance: Int) {
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
}

extension String {
    /// Passes the string's UTF-8 bytes to the body; they are valid only during the call.
    @inline(__always)
    func withUTF8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        utf8.span.withUnsafeBufferPointer { body(UnsafeRawBufferPointer($0)) }
    }
}

extension UnsafeRawBufferPointer {
    /// Returns the eight bytes from an index as a little-endian integer; bytes after the end are zero.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        let rest = count - index
        precondition(index >= 0 && rest > 0, "there is no such byte")
        if rest >= 8 { return UInt64(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self)) }
        var word: UInt64 = 0
        for offset in 0..<rest { word |= UInt64(self[index + offset]) << UInt64(8 * offset) }
        return word
    }
}
