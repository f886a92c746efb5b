/// Where new ids come from: the system's random numbers in a function, a sequence in a test.
package struct IDGenerator: RandomNumberGenerator, Sendable {
    private let draw: @Sendable () -> UInt64

    package init(_ draw: @escaping @Sendable () -> UInt64) {
        self.draw = draw
    }

    package static let system = IDGenerator {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    package func next() -> UInt64 { draw() }
}
