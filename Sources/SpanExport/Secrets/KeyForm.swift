internal import WireText

/// The required form of an API key, checked before it is put into a header.
enum KeyForm: Sendable {
    case any
    /// A HoneyHive ingestion key, which can only write.
    case ingestion

    private static let ingestionPrefix = "hh_ingst_"

    /// Describes the problem of a key without revealing it.
    ///
    /// - Parameter key: The key.
    /// - Returns: The problem; nil if there is none.
    func problem(with key: String) -> String? {
        switch self {
        case .any:
            // A line break would end the header.
            guard !key.isEmpty, key.utf8.allSatisfy(\.isVisible) else {
                return "contains a space, a line break or another character that a key cannot have"
            }
        case .ingestion:
            guard Self.isIngestionKey(key) else {
                return "is not an ingestion key (hh_ingst_, 24 letters or digits, _, 64 letters, digits, - or _)"
            }
        }
        return nil
    }

    private static func isIngestionKey(_ key: String) -> Bool {
        let body = key.utf8.dropFirst(ingestionPrefix.utf8.count)
        guard key.hasPrefix(ingestionPrefix), body.count == 24 + 1 + 64 else { return false }
        return body.enumerated().allSatisfy { index, byte in
            switch byte {
            case _ where byte.isLetterOrDigit: index != 24
            case UInt8(ascii: "_"): index >= 24
            case UInt8(ascii: "-"): index > 24
            default: false
            }
        }
    }
}
