internal import WireText

/// The `tracestate` header (https://www.w3.org/TR/trace-context-2/#tracestate-header): at most 32 members of other
/// tracing systems, which are handed on in their order.
enum TraceState {
    private static let maximumMembers = 32
    /// The maximum length of a key and of a value, in bytes.
    private static let maximumPartBytes = 256
    /// The maximum length of a key's part before `@`, in bytes.
    private static let maximumTenantBytes = 241
    /// The maximum length of a key's part after `@`, in bytes.
    private static let maximumSystemBytes = 14
    /// The length over which a member is removed first if the list is too long, in bytes.
    private static let largeMemberBytes = 128

    /// Returns the list as it is handed on, or nil if it is empty or violates the specification.
    ///
    /// Empty members are removed. A list that is too long is cut as the specification requires: by whole members, those
    /// over 128 bytes first, from its end.
    ///
    /// - Parameters:
    ///   - text: The header's value; several headers must be joined by commas first.
    ///   - maximumBytes: The maximum length of the result, in bytes.
    /// - Returns: The list, or nil.
    static func forwarded(_ text: String, maximumBytes: Int) -> String? {
        let text = text.trimmingSpace()
        var members: [ArraySlice<UInt8>] = []
        var keys: Set<ArraySlice<UInt8>> = []
        let parts = Array(text.utf8).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        for member in parts.lazy.map(withoutOptionalSpace) where !member.isEmpty {
            guard members.count < maximumMembers, let key = key(ofMember: member), keys.insert(key).inserted else {
                return nil
            }
            members.append(member)
        }
        if members.count == parts.count, text.utf8.count <= maximumBytes { return text }
        var length = members.reduce(members.count - 1) { $0 + $1.count }
        while length > maximumBytes, let index = members.lastIndex(where: { $0.count > largeMemberBytes }) {
            length -= members.remove(at: index).count + 1
        }
        return members.isEmpty ? nil : members.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
    }

    /// Removes spaces and tabs at both ends; a line break is not part of a header.
    private static func withoutOptionalSpace(_ member: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isOptionalSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let end = member.lastIndex { !isOptionalSpace($0) }.map { $0 + 1 } ?? member.startIndex
        return member[..<end].drop(while: isOptionalSpace)
    }

    /// Returns the key of a valid member, or nil.
    private static func key(ofMember member: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let (key, value) = (member[..<equals], member[(equals + 1)...])
        let isValue =
            (1...maximumPartBytes).contains(value.count)
            && value.allSatisfy { $0 == 0x20 || $0.isVisible && $0 != UInt8(ascii: "=") }
        return isValue && isKey(key) ? key : nil
    }

    /// Returns true for `KEY` or `TENANT@SYSTEM`.
    ///
    /// Level 2 allows a digit as the first character; level 1 and the published tests allow one `@` only
    /// (https://www.w3.org/TR/trace-context-1/#key).
    private static func isKey(_ key: ArraySlice<UInt8>) -> Bool {
        let parts = key.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isKeyPart(key, maximumPartBytes)
        case 2: return isKeyPart(parts[0], maximumTenantBytes) && isKeyPart(parts[1], maximumSystemBytes)
        default: return false
        }
    }

    private static func isKeyPart(_ part: ArraySlice<UInt8>, _ maximumBytes: Int) -> Bool {
        guard let first = part.first, isLowerCaseOrDigit(first), part.count <= maximumBytes else { return false }
        return part.allSatisfy { isLowerCaseOrDigit($0) || "_-*/".utf8.contains($0) }
    }

    private static func isLowerCaseOrDigit(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isLetter && byte.lowercased == byte
    }
}
