package import TraceModel

/// The trees of a set of spans.
package struct TraceForest: Sendable {
    /// The reason for which a span is a root of the forest.
    package enum Footing: Sendable, Hashable {
        /// It has no parent id.
        case root
        /// Its parent is not among the spans: it belongs to the caller's service.
        case orphan(parent: SpanID)
        /// It is part of a cycle of parent ids, which only a faulty sender produces.
        case circle
    }

    /// A span, and the indices of its children in order of start time.
    package struct Node: Sendable {
        /// The span.
        package let span: TraceSpan
        /// True when the span arrived after the function's response.
        package let isLate: Bool
        /// The indices of the children in ``TraceForest/nodes``.
        package fileprivate(set) var children: [Int] = []
    }

    /// All spans without duplicates, in order of arrival.
    package private(set) var nodes: [Node] = []
    /// The indices of the roots in order of start time, each with its reason.
    package private(set) var tops: [(place: Int, footing: Footing)] = []

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
    package init(_ spans: [(span: TraceSpan, isLate: Bool)]) {
        var places: [Key: Int] = [:]
        for (span, isLate) in spans {
            let key = Key(traceID: span.traceID, spanID: span.spanID)
            guard places[key] == nil else { continue }
            places[key] = nodes.count
            nodes.append(Node(span: span, isLate: isLate))
        }
        parents = nodes.map { node in
            node.span.parentID.flatMap { places[Key(traceID: node.span.traceID, spanID: $0)] }
        }
        for (place, node) in nodes.enumerated() {
            if let parent = parents[place] {
                nodes[parent].children.append(place)
            } else {
                tops.append((place, node.span.parentID.map(Footing.orphan) ?? .root))
            }
        }
        breakCircles()
        let starts = nodes.map(\.span.startNanoseconds)
        for place in nodes.indices { nodes[place].children.sort { starts[$0] < starts[$1] } }
        tops.sort { starts[$0.place] < starts[$1.place] }
    }

    /// Makes one span of each cycle a root, and removes it from its parent's children.
    private mutating func breakCircles() {
        var reached = Set<Int>()
        for top in tops { reach(from: top.place, &reached) }
        for place in nodes.indices where !reached.contains(place) {
            let top = spanOnCircle(above: place)
            if let parent = parents[top] { nodes[parent].children.removeAll { $0 == top } }
            tops.append((top, .circle))
            reach(from: top, &reached)
        }
    }

    private func reach(from place: Int, _ reached: inout Set<Int>) {
        var open = [place]
        while let next = open.popLast() {
            guard reached.insert(next).inserted else { continue }
            open += nodes[next].children
        }
    }

    private func spanOnCircle(above place: Int) -> Int {
        var seen: Set<Int> = []
        var current = place
        while seen.insert(current).inserted, let parent = parents[current] { current = parent }
        return current
    }
}
