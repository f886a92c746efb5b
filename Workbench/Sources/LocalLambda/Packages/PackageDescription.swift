package import OTLP

/// SwiftPM's description of a package.
package struct PackageDescription: Sendable {
    /// The names of the executable products, in SwiftPM's order: those declared in the manifest come first.
    package let executables: [String]
    /// The targets' folders, relative to the package, with the names of the products that contain them.
    private let folders: [(path: String, products: Set<String>)]
    /// The folders of dependencies given by path.
    package let localDependencies: [String]

    /// Parses the output of `swift package describe --type json`.
    ///
    /// - Parameter json: The output; the result is `nil` when it has another form.
    package init?(_ json: JSONValue) {
        guard let products = json.object?["products"]?.array, let targets = json.object?["targets"]?.array else {
            return nil
        }
        self.executables = products.compactMap { product in
            product.object?["type"]?.object?["executable"] != nil ? product.object?["name"]?.string : nil
        }
        self.folders = targets.compactMap { target in
            guard let target = target.object, let path = target["path"]?.string else { return nil }
            return (path, Set((target["product_memberships"]?.array ?? []).compactMap(\.string)))
        }
        self.localDependencies = (json.object?["dependencies"]?.array ?? []).compactMap { dependency in
            dependency.object?["type"] == "fileSystem" ? dependency.object?["path"]?.string : nil
        }
    }

    /// Finds the source folders of products, relative to the package.
    ///
    /// - Parameter products: The products' names.
    /// - Returns: The folders.
    package func sourceFolders(of products: [String]) -> [String] {
        folders.filter { !$0.products.isDisjoint(with: products) }.map(\.path)
    }
}
