import Synchronization

/// The functions of a server, by name.
package final class FunctionRegistry: Sendable {
    private let functions = Mutex<[String: any InvocableFunction]>([:])

    /// Makes an empty registry.
    package init() {}

    /// Adds a function, or puts it in another's place.
    ///
    /// - Parameter function: The function.
    package func insert(_ function: any InvocableFunction) {
        functions.withLock { $0[function.name] = function }
    }

    /// The functions' names, in order.
    package var names: [String] { functions.withLock { $0.keys.sorted() } }

    /// The function of a name.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - ignoresCase: Whether upper and lower case are the same, as they are in the names of hosts.
    /// - Returns: `nil` when there is none.
    package func function(named name: String, ignoresCase: Bool = false) -> (any InvocableFunction)? {
        functions.withLock { functions in
            if let function = functions[name] { return function }
            guard ignoresCase else { return nil }
            let lowercased = name.lowercased()
            return functions.first { $0.key.lowercased() == lowercased }?.value
        }
    }
}
