internal import Platform
internal import Synchronization

/// Generates random ids: system random numbers in a function, a sequence in a test.
package struct IDGenerator: RandomNumberGenerator, Sendable {
    private let draw: @Sendable () -> UInt64

    package init(_ draw: @escaping @Sendable () -> UInt64) {
        self.draw = draw
    }

    /// A generator of system random numbers, read in blocks.
    package static let system: IDGenerator = {
        let pool = RandomPool()
        return IDGenerator { pool.next() }
    }()

    package func next() -> UInt64 { draw() }
}

/// A buffer of random numbers.
///
/// Each span needs one, and a system call per number would double the cost of an id.
private final class RandomPool: Sendable {
    /// The count of numbers per read: `getentropy` returns at most 256 bytes.
    private static let count = 256 / MemoryLayout<UInt64>.size

    private let numbers = Mutex<[UInt64]>([])

    func next() -> UInt64 {
        numbers.withLock { numbers in
            if numbers.isEmpty { numbers = Self.draw() }
            return numbers.removeLast()
        }
    }

    private static func draw() -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: count)
        if getentropy(&numbers, count * MemoryLayout<UInt64>.size) == 0 { return numbers }
        var generator = SystemRandomNumberGenerator()
        return numbers.map { _ in generator.next() }
    }
}
