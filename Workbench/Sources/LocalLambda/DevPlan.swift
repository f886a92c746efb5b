/// The configuration of a local Lambda.
package struct DevPlan: Sendable {
    /// An existing executable and its function's name.
    package struct Bootstrap: Sendable, Hashable {
        /// The function's name.
        package let name: String
        /// The executable's path.
        package let path: String

        /// Creates a bootstrap.
        package init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// The port; 0 lets the system choose.
    package let port: Int
    /// The existing executables to serve.
    package let bootstraps: [Bootstrap]
    /// The package whose executables are built and served; `nil` for none.
    package let package: PackagePlan?
    /// The largest number of processes per function.
    package let concurrencyLimit: Int
    /// Determines the settings of a function.
    package let settings: @Sendable (FunctionIdentity) -> FunctionSettings

    /// Creates a configuration.
    package init(
        port: Int,
        bootstraps: [Bootstrap],
        package: PackagePlan?,
        concurrencyLimit: Int,
        settings: @escaping @Sendable (FunctionIdentity) -> FunctionSettings
    ) {
        self.port = port
        self.bootstraps = bootstraps
        self.package = package
        self.concurrencyLimit = concurrencyLimit
        self.settings = settings
    }
}
