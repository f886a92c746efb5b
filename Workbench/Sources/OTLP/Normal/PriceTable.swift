import CShims

/// Prices of models, with which the cost of a call is estimated when its sender gives none.
package struct PriceTable: Sendable, Hashable {
    /// The largest size of a table's text, in bytes.
    package static let limitBytes = 1_024 * 1_024

    /// The prices of one model, in US dollars per million tokens.
    struct Price: Sendable, Hashable {
        let input: Double
        let output: Double
        /// The price of cached input tokens; `nil` when they cost as much as others.
        let cached: Double?
    }

    private let prices: [String: Price]

    /// The text of the built-in table.
    package static let builtInText: [UInt8] = {
        guard let file = embedded_viewer_file("prices.json")?.pointee else { return [] }
        return Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
    }()

    /// The built-in table: list prices, which change; `--prices` replaces it.
    package static let builtIn = (try? PriceTable(json: builtInText)) ?? PriceTable(prices: [:])

    /// The limit of a model's name, in characters; a longer one has no price.
    private static let nameLimitCharacters = 200

    private init(prices: [String: Price]) { self.prices = prices }

    /// Parses a table: `{"gpt-4o": {"input": 2.5, "output": 10, "cached": 1.25}, …}`, in US dollars per million tokens.
    ///
    /// - Throws: ``PriceTableError`` with the member that is wrong.
    package init(json bytes: [UInt8]) throws(PriceTableError) {
        guard let table = (try? JSONValue(parsing: bytes))?.object else {
            throw PriceTableError(description: "it is not a JSON object")
        }
        var prices: [String: Price] = [:]
        for member in table.members {
            func price(_ name: String) throws(PriceTableError) -> Double? {
                guard let value = member.value.object?[name] else { return nil }
                guard let number = value.number?.double, number.isFinite, number >= 0 else {
                    throw PriceTableError(description: "'\(member.name)'.\(name) is not a number of 0 or more")
                }
                return number
            }
            guard let input = try price("input"), let output = try price("output") else {
                throw PriceTableError(
                    description: "'\(member.name)' lacks 'input' or 'output', in US dollars per million tokens"
                )
            }
            prices[member.name.lowercased()] = Price(input: input, output: output, cached: try price("cached"))
        }
        self.prices = prices
    }

    /// Estimates the cost of a call; `nil` without a price or without tokens.
    ///
    /// `model`: The model's name; a price also covers names with a date or version after it.
    func cost(model: String, _ usage: TokenUsage) -> Double? {
        guard usage.input != nil || usage.output != nil, model.utf8.count <= Self.nameLimitCharacters,
            let price = price(of: model)
        else { return nil }
        let input = Double(usage.input ?? 0)
        let cached = min(Double(usage.cached ?? 0), input)
        let million = 1_000_000.0
        return
            ((input - cached) * price.input + cached * (price.cached ?? price.input)
            + Double(usage.output ?? 0) * price.output) / million
    }

    /// The price of the longest name that the model's begins with, up to a separator.
    private func price(of model: String) -> Price? {
        var name = Substring(model.lowercased())
        // Names of routers and of Bedrock: `openai/gpt-4o`, `us.anthropic.claude-…`.
        if let slash = name.lastIndex(of: "/") { name = name[name.index(after: slash)...] }
        var candidates = [String(name)]
        for (index, character) in zip(name.indices, name).reversed() where ["-", ":", "@", "."].contains(character) {
            candidates.append(String(name[..<index]))
        }
        if let price = candidates.lazy.compactMap({ prices[$0] }).first { return price }
        guard let dot = name.firstIndex(of: "."), name[..<dot].allSatisfy({ $0.isLetter }) else { return nil }
        return self.price(of: String(name[name.index(after: dot)...]))
    }
}

/// The reason why a price table cannot be used.
package struct PriceTableError: Error, CustomStringConvertible {
    package let description: String
}
