package import OTLP

/// Renders a session's spans as a tree for a terminal.
package struct TraceTreeRenderer: Sendable {
    /// The limit of spans in a tree.
    static let spanLimitCount = 500
    /// The limit of levels in a tree.
    static let depthLimitCount = 64
    /// The limit of a span's inputs and of its outputs; further ones are only counted.
    static let fieldLimitCount = 8
    /// The limit of a span's log records; further ones are only counted.
    static let logLimitCount = 20

    /// The width at which a line is cut, in columns.
    package let widthColumns: Int
    /// True to write the styles.
    package let usesColour: Bool

    /// Creates a renderer.
    ///
    /// `usesColour`: `true` to write the styles.
    package init(widthColumns: Int, usesColour: Bool) {
        self.widthColumns = widthColumns
        self.usesColour = usesColour
    }

    /// Renders the session's title and its trees.
    ///
    /// `spans`: The spans, each with a flag that is true when it arrived after the function's response.
    /// `logs`: The log records, each of which is shown with its span, and at the end when that is not there.
    package func lines(
        _ spans: [(span: NormalSpan, isLate: Bool)],
        logs: [LogRecord] = [],
        scope: SessionScope
    ) -> [String] {
        render(head(of: scope) + treeLines(spans, logs, scope: scope))
    }

    package func render(_ lines: [StyledLine]) -> [String] {
        lines.map { $0.rendered(widthColumns: widthColumns, usesColour: usesColour) }
    }

    private func head(of scope: SessionScope) -> [StyledLine] {
        var line = StyledLine("Session ", .strong)
        guard let id = scope.id else {
            line.append("unknown: no span carries a session id", .bad)
            return [line]
        }
        line.append(id, .strong)
        switch scope.origin {
        case .caller: break
        case .derived(let original): line.append(" (the function derived it from \(original))", .faint)
        case .service: line.append(" (chosen by the function)", .faint)
        }
        return [line]
    }

    private func treeLines(
        _ spans: [(span: NormalSpan, isLate: Bool)],
        _ logs: [LogRecord],
        scope: SessionScope
    ) -> [StyledLine] {
        let forest = TraceForest(spans)
        var logs = Dictionary(grouping: logs) { SpanReference(traceID: $0.traceID, spanID: $0.spanID) }
        let start = forest.nodes.map(\.span.startNanoseconds).min() ?? 0
        var lines: [StyledLine] = []
        var drawnCount = 0
        var open: [TreePosition] = forest.tops.reversed().enumerated().map { index, top in
            TreePosition(node: top.index, rootReason: top.rootReason, prefix: "", isLast: index == 0, depth: 0)
        }
        while let position = open.popLast() {
            guard drawnCount < Self.spanLimitCount else {
                lines.append(StyledLine("… \(forest.nodes.count - drawnCount) more spans", .faint))
                break
            }
            drawnCount += 1
            let node = forest.nodes[position.node]
            let reference = SpanReference(traceID: node.span.traceID, spanID: node.span.spanID)
            let own = logs.removeValue(forKey: reference) ?? []
            lines += SpanLines(node: node, position: position, sessionStart: start, scope: scope, logs: own).lines
            guard position.depth + 1 < Self.depthLimitCount else {
                if !node.children.isEmpty { lines.append(StyledLine(position.inner + "… deeper spans", .faint)) }
                continue
            }
            open += node.children.reversed().enumerated().map { index, child in
                TreePosition(
                    node: child,
                    rootReason: .root,
                    prefix: position.inner,
                    isLast: index == 0,
                    depth: position.depth + 1
                )
            }
        }
        let drawn = Set(forest.nodes.map { SpanReference(traceID: $0.span.traceID, spanID: $0.span.spanID) })
        let others = logs.filter { !drawn.contains($0.key) }.values.flatMap(\.self)
            .sorted { $0.timeNanoseconds < $1.timeNanoseconds }
        if !others.isEmpty {
            lines.append(StyledLine("Logs of no span here", .strong))
            lines += Self.logLines(others, "  ")
        }
        return lines
    }

    /// The lines of log records.
    static func logLines(_ logs: [LogRecord], _ prefix: String) -> [StyledLine] {
        var lines = logs.prefix(logLimitCount).map { log in
            var line = StyledLine(prefix, .faint)
            line.append("log ", .faint)
            line.append(log.severity.isEmpty ? "" : "\(log.severity) ", log.isError ? .bad : .faint)
            line.append(log.message)
            return line
        }
        let rest = logs.count - lines.count
        if rest > 0 { lines.append(StyledLine(prefix + "log … \(rest) more", .faint)) }
        return lines
    }

    private struct SpanReference: Hashable {
        let traceID: TraceID?
        let spanID: SpanID?
    }
}

/// The position of a span in the rendered tree.
struct TreePosition {
    let node: Int
    let rootReason: TraceForest.RootReason
    let prefix: String
    let isLast: Bool
    let depth: Int

    /// The prefix of the span's first line.
    var outer: String { prefix + (isLast ? "└─ " : "├─ ") }
    /// The prefix of all lines below it.
    var inner: String { prefix + (isLast ? "   " : "│  ") }
}

/// The lines of one span: name and times, then inputs, outputs and error.
struct SpanLines {
    let node: TraceForest.Node
    let position: TreePosition
    let sessionStart: UInt64
    let scope: SessionScope
    let logs: [LogRecord]

    private var normal: NormalSpan { node.normal }
    private var span: TraceSpan { node.span }

    var lines: [StyledLine] {
        let hasChildren = !node.children.isEmpty
        let prefix = position.inner + (hasChildren ? "│   " : "    ")
        return [titleLine] + noteLines(prefix) + contentLines(prefix) + errorLines(prefix)
            + TraceTreeRenderer.logLines(logs, prefix)
    }

    private var titleLine: StyledLine {
        var line = StyledLine(position.outer, .faint)
        let isFailed = normal.error != nil
        if isFailed { line.append("✗ ", .bad) }
        line.append(normal.name.isEmpty ? "(no name)" : normal.name, isFailed ? .bad : .strong)
        line.append("  \(normal.kind.rawValue)", .faint)
        if let model = normal.model { line.append("  \(model)", .faint) }
        line.append("  " + DurationText.text(nanoseconds: span.durationNanoseconds))
        let offset = span.startNanoseconds - min(sessionStart, span.startNanoseconds)
        line.append("  +" + DurationText.text(nanoseconds: offset), .faint)
        if node.isLate { line.append("  late: after the response", .notable) }
        return line
    }

    /// Notes on a span of another session or with a missing parent.
    private func noteLines(_ prefix: String) -> [StyledLine] {
        var notes: [StyledLine] = []
        if !scope.contains(span) {
            let note = span.sessionID.map { "! in another session: \($0)" } ?? "! carries no session id"
            notes.append(note: note, .bad, prefix)
        }
        switch position.rootReason {
        case .root: break
        case .orphan(let parent): notes.append(note: "parent \(parent.hex) is in the caller's service", .faint, prefix)
        case .cycle: notes.append(note: "! its parents lead back to itself", .bad, prefix)
        }
        return notes
    }

    /// The messages of a conversation, else inputs and outputs; then documents, embeddings, tokens and cost.
    private func contentLines(_ prefix: String) -> [StyledLine] {
        let messages = normal.messages
        func lines(_ direction: NormalMessage.Direction, _ label: String, _ value: JSONValue?) -> [StyledLine] {
            let own = messages.filter { $0.direction == direction }
            let rest = Self.fields(value).filter { own.isEmpty || !Self.messageNames.contains($0.0) }
            return fieldLines(label, own.map { ($0.role, $0.line) }, prefix, separator: ": ")
                + fieldLines(label, own.isEmpty || value?.object != nil ? rest : [], prefix)
        }
        let documents = normal.documents.map { document in
            (document.id ?? "document", (document.score.map { "\($0) " } ?? "") + (document.content ?? ""))
        }
        return lines(.in, "in ", normal.inputs) + lines(.out, "out", normal.outputs)
            + fieldLines("doc", documents, prefix, separator: ": ") + usageLines(prefix)
    }

    /// Members of inputs and outputs that the messages hold.
    private static let messageNames: Set<String> = [
        "chat_history", "messages", "role", "content", "tool_calls", "finish_reason", "choices", "message",
    ]

    private static func fields(_ value: JSONValue?) -> [(String, String)] {
        switch value {
        case nil, .null?: []
        case .object(let object)?: object.members.map { ($0.name, $0.value.text) }
        case let value?: [("value", value.text)]
        }
    }

    private func usageLines(_ prefix: String) -> [StyledLine] {
        let usage = normal.usage
        var texts: [String] = []
        if let count = usage.input {
            texts.append("\(count) tokens in" + (usage.cached.map { " (\($0) cached)" } ?? ""))
        }
        if let count = usage.output {
            texts.append("\(count) out" + (usage.reasoning.map { " (\($0) reasoning)" } ?? ""))
        }
        if texts.isEmpty, let count = usage.total { texts.append("\(count) tokens") }
        if let cost = normal.cost { texts.append("\(cost.isEstimate ? "about " : "")$\(cost.dollars)") }
        guard !texts.isEmpty else { return [] }
        var lines: [StyledLine] = []
        lines.append(note: texts.joined(separator: ", "), .faint, prefix)
        return lines
    }

    private func fieldLines(
        _ label: String,
        _ fields: [(String, String)],
        _ prefix: String,
        separator: String = " = "
    ) -> [StyledLine] {
        var lines: [StyledLine] = []
        for (name, text) in fields.prefix(TraceTreeRenderer.fieldLimitCount) {
            var line = StyledLine(prefix, .faint)
            line.append(label + " ", .faint)
            line.append(name + separator, .faint)
            line.append(text)
            lines.append(line)
        }
        let rest = fields.count - lines.count
        if rest > 0 { lines.append(note: "\(label) … \(rest) more", .faint, prefix) }
        return lines
    }

    private func errorLines(_ prefix: String) -> [StyledLine] {
        guard let message = normal.error, !message.isEmpty else { return [] }
        var lines: [StyledLine] = []
        lines.append(note: "error: \(message)", .bad, prefix)
        return lines
    }
}

extension [StyledLine] {
    fileprivate mutating func append(note: String, _ style: TerminalStyle, _ prefix: String) {
        var line = StyledLine(prefix, .faint)
        line.append(note, style)
        append(line)
    }
}
