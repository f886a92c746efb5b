package import OTLP

/// Renders a session's spans as a tree for a terminal.
package struct TraceTreeRenderer: Sendable {
    /// The limit of spans in a tree.
    static let spanLimitCount = 500
    /// The limit of levels in a tree.
    static let depthLimitCount = 64
    /// The limit of a span's inputs and of its outputs; further ones are only counted.
    static let fieldLimitCount = 8

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
    package func lines(_ spans: [(span: TraceSpan, isLate: Bool)], scope: SessionScope) -> [String] {
        render(head(of: scope) + treeLines(spans, scope: scope))
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

    private func treeLines(_ spans: [(span: TraceSpan, isLate: Bool)], scope: SessionScope) -> [StyledLine] {
        let forest = TraceForest(spans)
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
            lines += SpanLines(node: node, position: position, sessionStart: start, scope: scope).lines
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
        return lines
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

    private var span: TraceSpan { node.span }

    var lines: [StyledLine] {
        let hasChildren = !node.children.isEmpty
        let prefix = position.inner + (hasChildren ? "│   " : "    ")
        return [titleLine] + noteLines(prefix) + fieldLines("in ", span.honeyHiveField("inputs"), prefix)
            + fieldLines("out", span.honeyHiveField("outputs"), prefix) + errorLines(prefix)
    }

    private var titleLine: StyledLine {
        var line = StyledLine(position.outer, .faint)
        if span.errorMessage != nil { line.append("✗ ", .bad) }
        line.append(span.name.isEmpty ? "(no name)" : span.name, span.errorMessage == nil ? .strong : .bad)
        line.append("  \(span.eventType ?? span.kind.rawValue)", .faint)
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

    private func fieldLines(_ label: String, _ fields: [Attribute], _ prefix: String) -> [StyledLine] {
        var lines: [StyledLine] = []
        for field in fields.prefix(TraceTreeRenderer.fieldLimitCount) {
            var line = StyledLine(prefix, .faint)
            line.append(label + " ", .faint)
            line.append("\(field.key) = ", .faint)
            line.append(field.value.json.text)
            lines.append(line)
        }
        let rest = fields.count - lines.count
        if rest > 0 { lines.append(note: "\(label) … \(rest) more", .faint, prefix) }
        return lines
    }

    private func errorLines(_ prefix: String) -> [StyledLine] {
        guard let message = span.errorMessage, !message.isEmpty else { return [] }
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
