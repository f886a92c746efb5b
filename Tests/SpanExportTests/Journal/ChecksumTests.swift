import CChecksum
import Testing

@Suite("The checksum of a journal's records")
struct ChecksumTests {
    /// RFC 3720, appendix B.4, and the check value of CRC-32C.
    @Test(
        "The examples of the standard",
        arguments: [
            (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
            (Array((0..<32).reversed()), 0x113F_DB5C), ([], 0),
        ] as [([UInt8], UInt32)]
    )
    func examples(_ bytes: [UInt8], _ expected: UInt32) {
        #expect(cchecksum_crc32c(0, bytes, bytes.count) == expected)
        #expect(cchecksum_crc32c_portable(0, bytes, bytes.count) == expected)
    }

    @Test("With and without the processor's instruction, whole and in two parts")
    func forms() {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for count in bytes.indices {
            let whole = cchecksum_crc32c(0, bytes, count)
            #expect(cchecksum_crc32c_portable(0, bytes, count) == whole)
            let first = count / 3
            let parts = bytes[first..<count].withUnsafeBytes {
                cchecksum_crc32c(cchecksum_crc32c(0, bytes, first), $0.baseAddress, $0.count)
            }
            #expect(parts == whole)
        }
    }
}
