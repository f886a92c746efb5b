import OTLP

/// The trees of a set of spans.
struct TraceForest: Sendable {
    /// The reason for which a span is a root of the forest.
    enum RootReason: Sendable, Hashable {
        /// It has no parent id.
        case root
        /// Its parent is not among the spans: it belongs to the caller's service.
        case orphan(parent: SpanID)
        /// It is part of a cycle of parent ids, which only a faulty sender produces.
        case cycle
    }

    /// A span, and the indices of its children in order of start time.
    struct Node: Sendable {
        let normal: NormalSpan
        /// True when the span arrived after the function's response.
        let isLate: Bool
        /// The indices of the children in ``TraceForest/nodes``.
        fileprivate(set) var children: [Int] = []

        var span: TraceSpan { normal.span }
    }

    /// All spans without duplicates, in order of arrival.
    private(set) var nodes: [Node] = []
    /// The indices of the roots in order of start time, each with its reason.
    private(set) var tops: [(index: Int, rootReason: RootReason)] = []

    /// For each node the index of its parent; `nil` when that is not among the spans.
    private let parents: [Int?]

    private struct Key: Hashable {
        let traceID: TraceID
        let spanID: SpanID
    }

    /// Builds the trees.
    ///
    /// Duplicates, which a sender's retry can cause, are ignored.
    ///
    /// - Parameter spans: The spans, each with a flag that is true when it arrived late.
    init(_ spans: [(span: NormalSpan, isLate: Bool)]) {
        var indices: [Key: Int] = [:]
        for (normal, isLate) in spans {
            let span = normal.span
            let key = Key(traceID: span.traceID, spanID: span.spanID)
            guard indices[key] == nil else { continue }
            indices[key] = nodes.count
            nodes.append(Node(normal: normal, isLate: isLate))
        }
        parents = nodes.map { node in
            node.span.parentID.flatMap { indices[Key(traceID: node.span.traceID, spanID: $0)] }
        }
        for (index, node) in nodes.enumerated() {
            if let parent = parents[index] {
                nodes[parent].children.append(index)
            } else {
                tops.append((index, node.span.parentID.map(RootReason.orphan) ?? .root))
            }
        }
        breakCycles()
        let starts = nodes.map(\.span.startNanoseconds)
        for index in nodes.indices { nodes[index].children.sort { starts[$0] < starts[$1] } }
        tops.sort { starts[$0.index] < starts[$1.index] }
    }

    /// The index of a span's parent; `nil` when that is not among the spans.
    func parent(of index: Int) -> Int? { parents[index] }

    /// Makes one span of each cycle a root, and removes it from its parent's children.
    private mutating func breakCycles() {
        var reached = Set<Int>()
        for top in tops { reach(from: top.index, &reached) }
        for index in nodes.indices where !reached.contains(index) {
            let top = nodeInCycle(above: index)
            if let parent = parents[top] { nodes[parent].children.removeAll { $0 == top } }
            tops.append((top, .cycle))
            reach(from: top, &reached)
        }
    }

    private func reach(from index: Int, _ reached: inout Set<Int>) {
        var open = [index]
        while let next = open.popLast() {
            guard reached.insert(next).inserted else { continue }
            open += nodes[next].children
        }
    }

    private func nodeInCycle(above index: Int) -> Int {
        var seen: Set<Int> = []
        var current = index
        while seen.insert(current).inserted, let parent = parents[current] { current = parent }
        return current
    }
}
