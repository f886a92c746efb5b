import FoundationEssentials
import Synchronization

/// The extensions that a process registers, so that Lambda would send it SIGTERM before it kills it.
///
/// Only what an internal extension without events needs (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html).
package final class ExtensionRegistry: Sendable {
    private let identifiers = Mutex<Set<String>>([])

    /// Makes an empty registry.
    package init() {}

    /// Registers an extension.
    ///
    /// - Returns: Its identifier; `nil` when there are too many.
    package func register() -> String? {
        let identifier = UUID().uuidString.lowercased()
        return identifiers.withLock { identifiers in
            guard identifiers.count < RuntimeLimits.extensionLimitCount else { return nil }
            identifiers.insert(identifier)
            return identifier
        }
    }

    /// Whether an identifier was given out here.
    ///
    /// - Parameter identifier: The identifier.
    /// - Returns: Whether it was.
    package func contains(_ identifier: String) -> Bool {
        identifiers.withLock { $0.contains(identifier) }
    }
}
