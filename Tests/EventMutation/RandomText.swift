extension String {
    /// Scalars that encoders often handle wrongly: controls, quotes, line separators, noncharacters, the first and last
    /// of each UTF-8 length, combining marks and the parts of an emoji sequence.
    private static let awkwardScalars: [Unicode.Scalar] = {
        let codes: [UInt32] =
            Array(0...0x20) + "\"\\/%+,;=~".unicodeScalars.map(\.value) + [
                0x7F, 0x80, 0x85, 0x7FF, 0x800, 0x301, 0x2028, 0x2029, 0xD7FF, 0xE000, 0xFEFF, 0xFDD0, 0xFFFD, 0xFFFE,
                0xFFFF, 0x10000, 0x1F41D, 0x1F469, 0x200D, 0xFE0F, 0x1FFFE, 0x10FFFF,
            ]
        return codes.compactMap(Unicode.Scalar.init)
    }()

    /// Returns a string of up to this number of scalars: special ones, plain letters, and any others in equal parts.
    package static func random(maximumScalars: Int, using generator: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...maximumScalars, using: &generator) {
            text.unicodeScalars.append(randomScalar(using: &generator))
        }
        return text
    }

    private static func randomScalar(using generator: inout SeededGenerator) -> Unicode.Scalar {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return awkwardScalars.randomElement(using: &generator) ?? "a"
        case 1: return Unicode.Scalar(UInt8.random(in: 0x20..<0x7F, using: &generator))
        default:
            while true {
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator)) { return scalar }
            }
        }
    }
}
