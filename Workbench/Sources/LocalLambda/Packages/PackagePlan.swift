/// The package and products to build and serve.
package struct PackagePlan: Sendable, Hashable {
    /// The package's folder.
    package let folder: String
    /// The products; if empty, all executable products.
    package let products: [String]
    /// True for an optimised build.
    package let isRelease: Bool

    /// Creates a plan.
    package init(folder: String, products: [String], isRelease: Bool) {
        self.folder = folder
        self.products = products
        self.isRelease = isRelease
    }
}
