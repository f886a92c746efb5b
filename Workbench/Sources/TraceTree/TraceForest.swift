package import TraceModel

/// Spans put under their parents.
package struct TraceForest: Sendable {
    /// Why a span stands at the top.
    package enum Footing: Sendable, Hashable {
        /// It names no parent.
        case root
        /// Its parent did not arrive here: the caller's service has it.
        case orphan(parent: SpanID)
        /// Its ancestors lead back to itself, which only a broken sender does.
        case circle
    }

    /// A span, and the places of those below it in order of begin.
    package struct Node: Sendable {
        /// The span.
        package let span: TraceSpan
        /// Whether it came after the function's response.
        package let isLate: Bool
        /// The places of its children in ``TraceForest/nodes``.
        package fileprivate(set) var children: [Int] = []
    }

    /// Every span once, in the order in which they came.
    package private(set) var nodes: [Node] = []
    /// The places of the topmost spans in order of begin, and why each is there.
    package private(set) var tops: [(place: Int, footing: Footing)] = []

    /// For each node the place of its parent, when that arrived here.
    private let parents: [Int?]

    private struct Key: Hashable {
        let traceID: TraceID
        let spanID: SpanID
    }

    /// Builds the trees.
    ///
    /// A span that came twice (its sender tried again) is taken once.
    ///
    /// - Parameter spans: The spans, and whether each is late.
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

    /// Puts one span of each circle at the top, and cuts it from its parent there.
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
