package import WireJSON

/// What SwiftPM says of a package.
package struct PackageDescription: Sendable {
    /// The names of the executable products, those first that the manifest declares.
    package let executables: [String]
    /// Folders of targets, relative to the package, by the names of the products that they are part of.
    private let folders: [(path: String, products: Set<String>)]
    /// The folders of packages that this one depends on by their path.
    package let localDependencies: [String]

    /// Reads what `swift package describe --type json` prints.
    ///
    /// - Parameter json: The whole of it; `nil` when it is not what SwiftPM prints.
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

    /// The folders of the sources of products, relative to the package.
    ///
    /// - Parameter products: The products' names.
    /// - Returns: The folders.
    package func sourceFolders(of products: [String]) -> [String] {
        folders.filter { !$0.products.isDisjoint(with: products) }.map(\.path)
    }
}
