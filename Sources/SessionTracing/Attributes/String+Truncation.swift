extension String {
    /// The text, or as much of its front as fits with a sign that there was more.
    package func truncated(toUTF8Bytes maximum: Int) -> String {
        guard utf8.count > maximum else { return self }
        // A limit that the sign alone would break gets none.
        let ellipsis = maximum < "…".utf8.count ? "" : "…"
        var end = utf8.index(startIndex, offsetBy: max(0, maximum - ellipsis.utf8.count))
        // Not within a scalar.
        while end.samePosition(in: unicodeScalars) == nil, end > startIndex { end = utf8.index(before: end) }
        return self[..<end] + ellipsis
    }
}
