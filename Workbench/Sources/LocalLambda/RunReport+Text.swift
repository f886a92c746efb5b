import OTLP
import Traces

extension RunReport {
    /// The limit of a response in the text report, in bytes; the JSON report contains the entire response.
    static let shownResponseLimitBytes = 65_536

    /// Formats the report for people: the response, the session's tree, and the delivery of the spans.
    ///
    /// `widthColumns`: The width at which the tree's lines are cut; the response is not cut.
    /// `usesColour`: `true` for terminal styles.
    package func lines(widthColumns: Int, usesColour: Bool) -> [String] {
        let renderer = TraceTreeRenderer(widthColumns: widthColumns, usesColour: usesColour)
        let whole = TraceTreeRenderer(widthColumns: .max, usesColour: usesColour)
        return whole.render(endingLines) + [""] + renderer.lines(spans, logs: logs, scope: scope)
            + renderer.render(sessionLines) + [""] + whole.render(deliveryLines)
    }

    private var endingLines: [StyledLine] {
        let duration = durationNanoseconds.map { "  " + DurationText.text(nanoseconds: $0) } ?? ""
        guard let error else {
            var title = StyledLine("Response", .strong)
            title.append(duration, .faint)
            return [title] + responseLines
        }
        var title = StyledLine("Failed", .bad)
        title.append(duration, .faint)
        return [title, StyledLine("\(error.type): \(error.message)", .bad)]
            + error.stackTrace.prefix(20).map { StyledLine("    \($0)", .faint) }
    }

    private var responseLines: [StyledLine] {
        let response = response ?? []
        guard response.count <= Self.shownResponseLimitBytes else {
            let size = "(\(response.count) bytes; --json shows them all)"
            return [StyledLine(String(decoding: response.prefix(200), as: UTF8.self) + "…"), StyledLine(size, .faint)]
        }
        guard !response.isEmpty else { return [StyledLine("(empty)", .faint)] }
        let text = (try? JSONValue(parsing: response))?.prettyText ?? String(decoding: response, as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            StyledLine(String(line), limitScalars: Self.shownResponseLimitBytes)
        }
    }

    /// The fields and REST events of sessions.
    private var sessionLines: [StyledLine] {
        sessions.flatMap { record -> [StyledLine] in
            var lines = record.fields.members.map { field in
                var line = StyledLine("session \(field.name) = ", .faint)
                line.append(field.value.text)
                return line
            }
            if !record.events.isEmpty { lines.append(StyledLine("events over REST: \(record.events.count)", .faint)) }
            if record.id != scope.id, !lines.isEmpty {
                lines.insert(StyledLine("! said of another session: \(record.id)", .bad), at: 0)
            }
            return lines
        }
    }

    /// The delivery of the spans: all of them should arrive before the response.
    private var deliveryLines: [StyledLine] {
        var lines = [deliveryLine] + missingSpanReasons.map { StyledLine("! \($0)", .bad) }
        if droppedSpanCount > 0 {
            lines.append(StyledLine("\(droppedSpanCount) more spans were dropped: too many for one run", .notable))
        }
        if droppedLogCount > 0 {
            lines.append(StyledLine("\(droppedLogCount) more log records were dropped: too many for one run", .notable))
        }
        if metricPointCount > 0 {
            lines.append(StyledLine("\(metricPointCount) data points of metrics came, and are not kept.", .faint))
        }
        lines += refusals.map { StyledLine("! The collector refused \($0)", .bad) }
        let strayCount = spans.count { !scope.contains($0.span.span) }
        if strayCount > 0 {
            lines.append(StyledLine("! \(strayCount) of \(spans.count) spans are not in this session", .bad))
        }
        if response != nil, !outcome.echoedInvocationID {
            lines.append(StyledLine("The runtime did not echo Lambda-Runtime-Invocation-Id.", .faint))
        }
        return lines
    }

    private var deliveryLine: StyledLine {
        let ending = response == nil ? "the end" : "the response"
        let count = "\(spans.count) span\(spans.count == 1 ? "" : "s")"
        switch (spans.count, lateSpanCount) {
        case (0, _): return StyledLine("No span arrived.", .bad)
        case (_, 0): return StyledLine("\(count), all delivered before \(ending).", .good)
        case (let all, let late) where all == late:
            return StyledLine("No span arrived before \(ending); \(count) came late.", .bad)
        default:
            let early = spans.count - lateSpanCount
            return StyledLine("\(count): \(early) delivered before \(ending), \(lateSpanCount) late.", .notable)
        }
    }
}
