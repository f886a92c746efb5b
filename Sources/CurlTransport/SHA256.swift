/// SHA-256 (FIPS 180-4, section 6.2), for the signatures of requests to AWS.
///
/// ```swift
/// var hash = SHA256()
/// hash.update(body)
/// let digest = hash.finalize()
/// ```
package struct SHA256 {
    private static let blockBytes = 64

    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// The bytes after the last whole block.
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0

    package init() {}

    /// Adds bytes to the message.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount &+= UInt64(bytes.count)
        var bytes = bytes
        if !rest.isEmpty {
            let needed = min(Self.blockBytes - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<needed])
            bytes = UnsafeRawBufferPointer(rebasing: bytes[needed...])
            guard rest.count == Self.blockBytes else { return }
            rest.withUnsafeBytes { Self.absorb($0, into: &state) }
            rest.removeAll(keepingCapacity: true)
        }
        let whole = bytes.count - bytes.count % Self.blockBytes
        Self.absorb(UnsafeRawBufferPointer(rebasing: bytes[..<whole]), into: &state)
        rest.append(contentsOf: bytes[whole...])
    }

    /// Returns the 32 bytes of the digest.
    package consuming func finalize() -> [UInt8] {
        let bitCount = byteCount &* 8
        rest.append(0x80)
        while rest.count % Self.blockBytes != Self.blockBytes - 8 { rest.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            rest.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift)))
        }
        rest.withUnsafeBytes { Self.absorb($0, into: &state) }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
    }

    /// Returns the digest of a message.
    package static func digest(of message: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        message.withUnsafeBytes { hash.update($0) }
        return hash.finalize()
    }

    /// Returns the authentication code of a message (HMAC, RFC 2104).
    package static func authenticationCode(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        var key = key.count > blockBytes ? digest(of: key) : key
        key += Array(repeating: 0, count: blockBytes - key.count)
        let inner = digest(of: key.map { $0 ^ 0x36 } + message)
        return digest(of: key.map { $0 ^ 0x5c } + inner)
    }

    /// Processes whole blocks.
    private static func absorb(_ blocks: UnsafeRawBufferPointer, into state: inout [UInt32]) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
            for start in stride(from: 0, to: blocks.count, by: blockBytes) {
                for index in 0..<16 {
                    let word = blocks.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
                    words[index] = UInt32(bigEndian: word)
                }
                for index in 16..<64 {
                    let (a, b) = (words[index - 15], words[index - 2])
                    let low = rotate(a, by: 7) ^ rotate(a, by: 18) ^ a >> 3
                    let high = rotate(b, by: 17) ^ rotate(b, by: 19) ^ b >> 10
                    words[index] = words[index - 16] &+ low &+ words[index - 7] &+ high
                }
                compress(words, into: &state)
            }
        }
    }

    private static func compress(_ words: UnsafeMutableBufferPointer<UInt32>, into state: inout [UInt32]) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        constants.withUnsafeBufferPointer { constants in
            for index in 0..<64 {
                let mixed = rotate(e, by: 6) ^ rotate(e, by: 11) ^ rotate(e, by: 25)
                let first = h &+ mixed &+ (e & f ^ ~e & g) &+ constants[index] &+ words[index]
                let second = (rotate(a, by: 2) ^ rotate(a, by: 13) ^ rotate(a, by: 22)) &+ (a & b ^ a & c ^ b & c)
                (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
            }
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }

    private static func rotate(_ value: UInt32, by bits: UInt32) -> UInt32 { value >> bits | value << (32 - bits) }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
