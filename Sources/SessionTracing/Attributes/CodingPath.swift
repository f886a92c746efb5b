extension [any CodingKey] {
    /// A coding path as text, such as `items[2].name`; empty for the whole value.
    package var pathText: String {
        reduce(into: "") { text, key in
            // A dictionary key that consists of digits also has an integer value.
            if let index = key.intValue, key.stringValue != String(index) {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}
