import Synchronization

/// The functions of a server, by name.
package final class FunctionRegistry: Sendable {
    private let functions = Mutex<[String: any InvocableFunction]>([:])

    /// Makes an empty registry.
    package init() {}

    /// Adds a function; replaces an existing one of the same name.
    ///
    /// - Parameter function: The function.
    package func insert(_ function: any InvocableFunction) {
        functions.withLock { $0[function.name] = function }
    }

    /// The end of the error message for a function that does not exist: its name, and the names that do exist.
    ///
    /// - Parameters:
    ///   - name: The unknown name.
    ///   - known: The names of all functions.
    /// - Returns: A part of a sentence.
    static func unknown(_ name: String, known: [String]) -> String {
        let others = known.isEmpty ? "no function is served yet" : "the functions are: \(known.joined(separator: ", "))"
        return "\(name); \(others)"
    }

    /// The functions' names, sorted.
    package var names: [String] { functions.withLock { $0.keys.sorted() } }

    /// Finds a function by name.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - ignoresCase: `true` to compare without case, as host names are compared.
    /// - Returns: `nil` when no function has the name.
    package func function(named name: String, ignoresCase: Bool = false) -> (any InvocableFunction)? {
        functions.withLock { functions in
            if let function = functions[name] { return function }
            guard ignoresCase else { return nil }
            let lowercased = name.lowercased()
            return functions.first { $0.key.lowercased() == lowercased }?.value
        }
    }
}
