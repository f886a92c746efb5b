extension String {
    /// Returns the string, truncated with a final `…` if it exceeds the limit.
    ///
    /// - Parameter maximum: The limit, in bytes of UTF-8.
    /// - Returns: The string or its longest prefix of whole Unicode scalars that fits.
    package func truncated(toUTF8Bytes maximum: Int) -> String {
        guard utf8.count > maximum else { return self }
        // A limit below the length of `…` omits it.
        let ellipsis = maximum < "…".utf8.count ? "" : "…"
        var end = utf8.index(startIndex, offsetBy: max(0, maximum - ellipsis.utf8.count))
        // Never cuts within a Unicode scalar.
        while end.samePosition(in: unicodeScalars) == nil, end > startIndex { end = utf8.index(before: end) }
        return self[..<end] + ellipsis
    }
}
