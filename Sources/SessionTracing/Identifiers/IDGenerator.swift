internal import Glibc
internal import Synchronization

/// Where new ids come from: the system's random numbers in a function, a sequence in a test.
package struct IDGenerator: RandomNumberGenerator, Sendable {
    private let draw: @Sendable () -> UInt64

    package init(_ draw: @escaping @Sendable () -> UInt64) {
        self.draw = draw
    }

    /// The system's random numbers, asked for many at a time.
    package static let system: IDGenerator = {
        let pool = RandomPool()
        return IDGenerator { pool.next() }
    }()

    package func next() -> UInt64 { draw() }
}

/// Random numbers in store: each span needs one, and a system call for each costs as much as all the rest of an id.
private final class RandomPool: Sendable {
    /// `getentropy` gives 256 bytes at most.
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
