import FoundationEssentials
import Synchronization

/// Registry of the extensions of one process.
///
/// On Lambda, a process with a registered extension gets SIGTERM before SIGKILL.
///
/// Covers only an internal extension that subscribes to no events
/// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html).
package final class ExtensionRegistry: Sendable {
    private let identifiers = Mutex<Set<String>>([])

    /// Makes an empty registry.
    package init() {}

    /// Registers an extension.
    ///
    /// - Returns: The extension's identifier; `nil` when the process has reached the limit of extensions.
    package func register() -> String? {
        let identifier = UUID().uuidString.lowercased()
        return identifiers.withLock { identifiers in
            guard identifiers.count < RuntimeLimits.extensionLimitCount else { return nil }
            identifiers.insert(identifier)
            return identifier
        }
    }

    /// Checks an identifier against the registered extensions.
    ///
    /// - Parameter identifier: The identifier.
    /// - Returns: `true` when this registry issued it.
    package func contains(_ identifier: String) -> Bool {
        identifiers.withLock { $0.contains(identifier) }
    }
}
