package import TraceModel
import WireJSON

/// Draws a session's spans as a tree of lines for a terminal.
package struct TraceTreeRenderer: Sendable {
    /// Spans beyond which a tree is cut.
    package static let spanLimitCount = 500
    /// Levels beyond which a tree is cut.
    package static let depthLimitCount = 64
    /// Inputs, and outputs, of one span beyond which the rest is only counted.
    package static let fieldLimitCount = 8

    /// The columns beyond which a line is cut.
    package let widthColumns: Int
    /// Whether the looks are written.
    package let usesColour: Bool

    /// Makes a renderer.
    ///
    /// - Parameters:
    ///   - widthColumns: The columns beyond which a line is cut.
    ///   - usesColour: Whether the looks are written.
    package init(widthColumns: Int, usesColour: Bool) {
        self.widthColumns = widthColumns
        self.usesColour = usesColour
    }

    /// Draws the session's head and its trees.
    ///
    /// - Parameters:
    ///   - spans: The spans that arrived, and whether each came after the function's response.
    ///   - scope: The session that the run is about.
    /// - Returns: The lines, safe to print.
    package func lines(_ spans: [(span: TraceSpan, isLate: Bool)], scope: SessionScope) -> [String] {
        render(head(of: scope) + treeLines(spans, scope: scope))
    }

    /// Writes styled lines out.
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
        var open: [Place] = forest.tops.reversed().enumerated().map { index, top in
            Place(node: top.place, footing: top.footing, prefix: "", isLast: index == 0, depth: 0)
        }
        while let place = open.popLast() {
            guard drawnCount < Self.spanLimitCount else {
                lines.append(StyledLine("… \(forest.nodes.count - drawnCount) more spans", .faint))
                break
            }
            drawnCount += 1
            let node = forest.nodes[place.node]
            lines += SpanLines(node: node, place: place, sessionStart: start, scope: scope).lines
            guard place.depth + 1 < Self.depthLimitCount else {
                if !node.children.isEmpty { lines.append(StyledLine(place.inner + "… deeper spans", .faint)) }
                continue
            }
            open += node.children.reversed().enumerated().map { index, child in
                Place(node: child, footing: .root, prefix: place.inner, isLast: index == 0, depth: place.depth + 1)
            }
        }
        return lines
    }
}

/// Where a span stands in the drawing.
struct Place {
    let node: Int
    let footing: TraceForest.Footing
    let prefix: String
    let isLast: Bool
    let depth: Int

    /// What stands before the span's own line.
    var outer: String { prefix + (isLast ? "└─ " : "├─ ") }
    /// What stands before every line below it.
    var inner: String { prefix + (isLast ? "   " : "│  ") }
}
