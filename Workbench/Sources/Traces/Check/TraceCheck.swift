import FoundationEssentials
package import OTLP

/// Compares a trace with rules.
package struct TraceCheck: Sendable {
    /// One assertion and its result.
    package struct Result: Sendable, Hashable {
        /// The assertion, for people.
        package let name: String
        /// The reason for which it does not hold; `nil` when it holds.
        package let failure: String?
    }

    /// A span of the trace.
    package struct Span: Sendable {
        let normal: NormalSpan
        /// True when it arrived after its invocation's response; `nil` when that is not known.
        let isLate: Bool?

        package init(_ normal: NormalSpan, isLate: Bool?) {
            self.normal = normal
            self.isLate = isLate
        }
    }

    private let spans: [Span]
    private let fields: JSONObject
    /// The session's totals; `nil` to add them up here.
    private let totals: (tokens: Int64, dollars: Double)
    private let forest: TraceForest

    /// - Parameters:
    ///   - spans: The session's spans.
    ///   - fields: The session's fields.
    ///   - tokens: The session's tokens.
    ///   - dollars: The session's cost, in US dollars.
    package init(spans: [Span], fields: JSONObject, tokens: Int64, dollars: Double) {
        self.spans = spans
        self.fields = fields
        totals = (tokens, dollars)
        forest = TraceForest(spans.map { ($0.normal, $0.isLate ?? false) })
    }

    /// The results of all rules, in their order.
    package func results(_ rules: CheckRules) -> [Result] {
        var results = rules.spans.map(result)
        if rules.forbidsErrors { results.append(errors) }
        if let limit = rules.maxTokens {
            results.append(
                Result(
                    name: "at most \(limit) tokens",
                    failure: totals.tokens > limit ? "there are \(totals.tokens)" : nil
                )
            )
        }
        if let limit = rules.maxDollars {
            let failure = totals.dollars > limit ? "it is $\(totals.dollars)" : nil
            results.append(Result(name: "a cost of at most $\(limit)", failure: failure))
        }
        if let limit = rules.maxNanoseconds { results.append(duration(limit)) }
        if rules.isDeliveredBeforeResponse { results.append(delivery) }
        return results + rules.absentTexts.enumerated().map { absence($0.element, number: $0.offset + 1) }
    }

    private func result(_ rule: CheckRules.ExpectedSpan) -> Result {
        let named = forest.nodes.indices.filter {
            forest.nodes[$0].normal.name == rule.name || forest.nodes[$0].span.name == rule.name
        }
        let name = "span '\(rule.text)'"
        guard !named.isEmpty || rule.count == 0 else {
            let names = Set(forest.nodes.map(\.normal.name)).sorted().prefix(20).joined(separator: "', '")
            return Result(
                name: name,
                failure: names.isEmpty ? "there is no span" : "there is none; there are '\(names)'"
            )
        }
        let found = named.filter { index in
            let node = forest.nodes[index]
            let isUnder = rule.under.map { forest.ancestors(of: index).contains($0) } ?? true
            let hasKind = rule.kind == nil || rule.kind == node.normal.kind
            return isUnder && hasKind
                && rule.attributes.allSatisfy { node.span.attributes[$0.key]?.json.plainText == $0.value }
        }
        if let count = rule.count, count != found.count {
            return Result(name: name, failure: "there are \(found.count), and there should be \(count)")
        }
        if found.isEmpty, rule.count != 0 {
            let paths = named.prefix(5).map { index in
                let path = forest.ancestors(of: index).reversed() + [rule.name]
                return "\(path.joined(separator: " > ")) (\(forest.nodes[index].normal.kind.rawValue))"
            }
            return Result(name: name, failure: "it is elsewhere or differs: \(paths.joined(separator: "; "))")
        }
        let slowest = found.map { forest.nodes[$0].span.durationNanoseconds }.max() ?? 0
        guard let limit = rule.maxNanoseconds, slowest > limit else { return Result(name: name, failure: nil) }
        let texts = [slowest, limit].map { DurationText.text(nanoseconds: $0) }
        return Result(name: name, failure: "it took \(texts[0]), more than \(texts[1])")
    }

    private var errors: Result {
        let failed = spans.compactMap { span in span.normal.error.map { "'\(span.normal.name)': \($0)" } }
        return Result(name: "no errors", failure: failed.isEmpty ? nil : failed.prefix(10).joined(separator: "; "))
    }

    private func duration(_ limit: UInt64) -> Result {
        let start = spans.map(\.normal.span.startNanoseconds).min() ?? 0
        let end = spans.map(\.normal.span.endNanoseconds).max() ?? 0
        let length = end > start ? end - start : 0
        let texts = [length, limit].map { DurationText.text(nanoseconds: $0) }
        return Result(name: "a duration of at most \(texts[1])", failure: length > limit ? "it took \(texts[0])" : nil)
    }

    private var delivery: Result {
        let name = "all spans delivered before the response"
        guard !spans.isEmpty else { return Result(name: name, failure: "there is no span") }
        let late = spans.filter { $0.isLate == true }.map { "'\($0.normal.name)'" }
        if !late.isEmpty { return Result(name: name, failure: "late: \(late.prefix(10).joined(separator: ", "))") }
        guard spans.contains(where: { $0.isLate != nil }) else {
            return Result(name: name, failure: "no span is of an invocation that 'traced-lambda dev' has served")
        }
        return Result(name: name, failure: nil)
    }

    /// The text itself is in no message, because it may be a secret.
    private func absence(_ text: String, number: Int) -> Result {
        let encoded = String(JSONValue.string(text).text.dropFirst().dropLast())
        let forms = Set([text, encoded, Base64Text.encoded(text)])
        let holders = spans.filter { span in
            let json = span.normal.json.text
            return forms.contains { json.contains($0) }
        }.map { "span '\($0.normal.name)'" }
        let own = JSONValue.object(fields).text
        let all = holders + (forms.contains { own.contains($0) } ? ["the session's fields"] : [])
        let failure = all.isEmpty ? nil : "it is in \(all.prefix(10).joined(separator: ", "))"
        return Result(name: "text \(number) of 'absent' is nowhere", failure: failure)
    }
}

extension TraceForest {
    /// The names of the spans above a span, the nearest first.
    fileprivate func ancestors(of index: Int) -> [String] {
        var names: [String] = []
        var seen: Set<Int> = [index]
        var current = parent(of: index)
        while let next = current, seen.insert(next).inserted {
            names.append(nodes[next].normal.name)
            current = parent(of: next)
        }
        return names
    }
}

/// Encodes a text in base64 (RFC 4648).
private enum Base64Text {
    static func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
