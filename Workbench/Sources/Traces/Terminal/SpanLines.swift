import OTLP

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
