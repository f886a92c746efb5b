/// All that a local Lambda needs to know.
package struct DevPlan: Sendable {
    /// An executable that is there already, and the function that it is.
    package struct Bootstrap: Sendable, Hashable {
        /// The function's name.
        package let name: String
        /// The executable's path.
        package let path: String

        /// Makes a bootstrap of all its fields.
        package init(name: String, path: String) {
            self.name = name
            self.path = path
        }
    }

    /// The port; 0 lets the system choose.
    package let port: Int
    /// Executables that are served as they are.
    package let bootstraps: [Bootstrap]
    /// The package whose executables are built and served; `nil` for none.
    package let package: PackagePlan?
    /// How many processes each function may have.
    package let concurrencyLimit: Int
    /// How a function is run.
    package let settings: @Sendable (FunctionIdentity) -> FunctionSettings

    /// Makes a plan of all its fields.
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
