/// Which executables of which package are built and served.
package struct PackagePlan: Sendable, Hashable {
    /// The package's folder.
    package let folder: String
    /// The products; none means all that are executable.
    package let products: [String]
    /// Whether the build is optimised.
    package let isRelease: Bool

    /// Makes a plan of all its fields.
    package init(folder: String, products: [String], isRelease: Bool) {
        self.folder = folder
        self.products = products
        self.isRelease = isRelease
    }
}
