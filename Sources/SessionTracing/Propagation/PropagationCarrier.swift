/// Something that trace context is read from or written to: a request's headers, a message's attributes.
///
/// Dictionaries and arrays of pairs are carriers. Make a library's header type one by the two requirements.
public protocol PropagationCarrier {
    /// Finds a field.
    ///
    /// - Parameter name: The field's name in lower case; fields match in any case.
    /// - Returns: All values of the field, in their order.
    func values(ofField name: String) -> [String]

    /// Writes a field in place of those that have its name in any case.
    ///
    /// - Parameters:
    ///   - name: The field's name, in lower case.
    ///   - value: The one value that it has from now on.
    mutating func setField(_ name: String, to value: String)
}

extension Dictionary: PropagationCarrier where Key == String, Value == String {
    /// Finds a field.
    ///
    /// - Parameter name: The field's name in lower case.
    /// - Returns: The values of all keys that are this name in some case, in the keys' order.
    public func values(ofField name: String) -> [String] {
        keys.filter { $0.lowercased() == name }.sorted().compactMap { self[$0] }
    }

    /// Writes a field in place of those that have its name in any case.
    ///
    /// - Parameters:
    ///   - name: The field's name, in lower case.
    ///   - value: Its value.
    public mutating func setField(_ name: String, to value: String) {
        for key in keys where key.lowercased() == name { removeValue(forKey: key) }
        self[name] = value
    }
}

extension Array: PropagationCarrier where Element == (String, String) {
    /// Finds a field.
    ///
    /// - Parameter name: The field's name in lower case.
    /// - Returns: The values of all pairs that have this name in some case.
    public func values(ofField name: String) -> [String] {
        filter { $0.0.lowercased() == name }.map { $0.1 }
    }

    /// Writes a field in place of those that have its name in any case.
    ///
    /// - Parameters:
    ///   - name: The field's name, in lower case.
    ///   - value: Its value.
    public mutating func setField(_ name: String, to value: String) {
        removeAll { $0.0.lowercased() == name }
        append((name, value))
    }
}
