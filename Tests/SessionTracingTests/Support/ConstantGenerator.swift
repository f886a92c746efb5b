/// Always generates the same number, for ids with known bits.
struct ConstantGenerator: RandomNumberGenerator {
    let value: UInt64

    func next() -> UInt64 { value }
}
