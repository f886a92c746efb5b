/// Sixteen bytes that are compared at once, for searches in long texts.
///
/// Only operators with two vectors are used: those with a scalar are not specialised by the compiler.
@usableFromInline
package typealias ByteBlock = SIMD16<UInt8>

extension ByteBlock {
    /// The result of a comparison.
    @usableFromInline
    package typealias Mask = SIMDMask<SIMD16<Int8>>

    @inlinable package static var byteCount: Int { 16 }

    /// A block of one byte, repeated.
    @inlinable
    @inline(__always)
    package init(_ byte: UInt8) {
        self.init(repeating: byte)
    }

    /// The bytes that equal one byte.
    @inlinable
    @inline(__always)
    package func equals(_ byte: UInt8) -> Mask { self .== ByteBlock(byte) }
}

/// The indices of the bytes that match, in order.
@frozen
@usableFromInline
package struct ByteMatches {
    // All ones for each byte that matches.
    @usableFromInline var low: UInt64
    @usableFromInline var high: UInt64

    @inlinable
    @inline(__always)
    package init(_ mask: ByteBlock.Mask) {
        let words = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        low = UInt64(littleEndian: words[0])
        high = UInt64(littleEndian: words[1])
    }

    /// True if nothing matches.
    @inlinable
    @inline(__always)
    package var isEmpty: Bool { low | high == 0 }

    /// The first index; nil if nothing matches.
    @inlinable
    @inline(__always)
    package var first: Int? {
        if low != 0 { return low.trailingZeroBitCount / 8 }
        return high == 0 ? nil : 8 + high.trailingZeroBitCount / 8
    }

    /// Removes and returns the first index; nil if nothing matches.
    @inlinable
    @inline(__always)
    package mutating func popFirst() -> Int? {
        guard let index = first else { return nil }
        if index < 8 { low &= ~(0xFF << (8 * UInt64(index))) } else { high &= ~(0xFF << (8 * UInt64(index - 8))) }
        return index
    }
}
