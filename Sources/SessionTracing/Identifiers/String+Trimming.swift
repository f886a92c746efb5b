extension UInt8 {
    /// True for space, tab, line feed and carriage return.
    package var isASCIISpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}

extension BidirectionalCollection<UInt8> {
    /// Returns the bytes without ASCII white space at both ends.
    package func trimmingASCIISpace() -> SubSequence {
        var rest = self[...]
        while rest.first?.isASCIISpace == true { rest = rest.dropFirst() }
        while rest.last?.isASCIISpace == true { rest = rest.dropLast() }
        return rest
    }
}

extension String {
    /// Returns the string without ASCII white space at both ends.
    package func trimmingASCIISpace() -> String {
        // Fast path: most strings have none.
        guard utf8.first?.isASCIISpace == true || utf8.last?.isASCIISpace == true else { return self }
        return String(Substring(utf8.trimmingASCIISpace()))
    }
}
