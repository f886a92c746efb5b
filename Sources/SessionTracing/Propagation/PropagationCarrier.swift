/// A collection of fields from which trace context is read or to which it is written, such as a request's headers or a
/// message's attributes.
///
/// Dictionaries and arrays of pairs conform. To use the header type of a library, add a conformance with these two
/// requirements.
public protocol PropagationCarrier {
    /// Returns the values of a field.
    ///
    /// - Parameter name: The field's name in lower case; fields match in any case.
    /// - Returns: All values of the field in order.
    func values(ofField name: String) -> [String]

    /// Sets a field and removes all fields of the same name in any case.
    ///
    /// - Parameters:
    ///   - name: The field's name in lower case.
    ///   - value: The field's only value.
    mutating func setField(_ name: String, to value: String)
}

extension Dictionary: PropagationCarrier where Key == String, Value == String {
    /// Returns the values of a field.
    ///
    /// - Parameter name: The field's name in lower case.
    /// - Returns: The values of all keys that equal the name in any case, sorted by key.
    public func values(ofField name: String) -> [String] {
        keys.filter { $0.lowercased() == name }.sorted().compactMap { self[$0] }
    }

    /// Sets a field and removes all fields of the same name in any case.
    ///
    /// - Parameters:
    ///   - name: The field's name in lower case.
    ///   - value: The field's value.
    public mutating func setField(_ name: String, to value: String) {
        for key in keys where key.lowercased() == name { removeValue(forKey: key) }
        self[name] = value
    }
}

extension Array: PropagationCarrier where Element == (String, String) {
    /// Returns the values of a field.
    ///
    /// - Parameter name: The field's name in lower case.
    /// - Returns: The values of all pairs whose name equals it in any case.
    public func values(ofField name: String) -> [String] {
        filter { $0.0.lowercased() == name }.map { $0.1 }
    }

    /// Sets a field and removes all fields of the same name in any case.
    ///
    /// - Parameters:
    ///   - name: The field's name in lower case.
    ///   - value: The field's value.
    public mutating func setField(_ name: String, to value: String) {
        removeAll { $0.0.lowercased() == name }
        append((name, value))
    }
}
