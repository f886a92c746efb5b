package import OTLP

/// Renders a session's spans as a tree for a terminal.
package struct TraceTreeRenderer: Sendable {
    /// The limit of spans in a tree.
    package static let spanLimitCount = 500
    /// The limit of levels in a tree.
    package static let depthLimitCount = 64
    /// The limit of a span's inputs and of its outputs; further ones are only counted.
    package static let fieldLimitCount = 8

    /// The width at which a line is cut, in columns.
    package let widthColumns: Int
    /// True to write the styles.
    package let usesColour: Bool

    /// Creates a renderer.
    ///
    /// - Parameters:
    ///   - widthColumns: The width at which a line is cut.
    ///   - usesColour: `true` to write the styles.
    package init(widthColumns: Int, usesColour: Bool) {
        self.widthColumns = widthColumns
        self.usesColour = usesColour
    }

    /// Renders the session's title and its trees.
    ///
    /// - Parameters:
    ///   - spans: The spans, each with a flag that is true when it arrived after the function's response.
    ///   - scope: The session of the run.
    /// - Returns: The lines, safe to print.
    package func lines(_ spans: [(span: TraceSpan, isLate: Bool)], scope: SessionScope) -> [String] {
        render(head(of: scope) + treeLines(spans, scope: scope))
    }

    /// Renders styled lines.
    ///
    /// - Parameter lines: The lines.
    /// - Returns: The lines, cut to the width.
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
