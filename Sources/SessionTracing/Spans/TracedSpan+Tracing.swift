public import Tracing

extension TracedSpan {
    /// The attributes so far.
    ///
    /// Setting merges: swift-distributed-tracing writes one attribute by reading all and setting all, and what another task
    /// wrote in between must not get lost. So an attribute can be replaced here but not removed.
    public var attributes: SpanAttributes {
        get {
            var attributes = SpanAttributes()
            for entry in read({ $0.attributes.entries }) { attributes.set(entry.key, value: entry.value.spanAttribute) }
            return attributes
        }
        set { write(newValue, changedFrom: attributes) }
        // `span.attributes["k"] = 1` comes here. Only here are the attributes known that the caller has seen.
        _modify {
            let before = attributes
            var after = before
            defer { write(after, changedFrom: before) }
            yield &after
        }
    }

    /// Changes several attributes at once.
    ///
    /// - Parameter update: Gets the attributes and changes what it wants to. What other tasks write meanwhile stays, but for the
    ///   keys that it changes.
    public func updateAttributes(_ update: (inout SpanAttributes) -> Void) {
        let before = attributes
        var after = before
        update(&after)
        write(after, changedFrom: before)
    }

    /// Writes only what differs: the rest may be older than what stands here by now.
    private func write(_ attributes: SpanAttributes, changedFrom before: SpanAttributes) {
        self.update { state in
            attributes.forEach { key, value in
                if before.get(key) != value { state.attributes.set(key, to: AttributeValue(value)) }
            }
        }
    }

    /// Sets whether the step succeeded.
    ///
    /// - Parameter status: An `.ok` is final: an error that comes later does not replace it.
    public func setStatus(_ status: SpanStatus) {
        update { state in
            switch status.code {
            case .ok: state.status = .ok
            case .error:
                if state.status == .ok { return }
                // `withSpan` sets an error without a message after the message is known.
                if case .error = state.status, status.message == nil { return }
                state.status = .error(message: status.message ?? "")
            }
        }
    }

    /// Adds a moment to the span.
    ///
    /// - Parameter event: Its name, time and attributes.
    public func addEvent(_ event: SpanEvent) {
        let event = SpanRecord.Event(
            name: event.name,
            unixNanoseconds: event.nanosecondsSinceEpoch,
            attributes: list(event.attributes)
        )
        update { add(event, to: &$0) }
    }

    func add(_ event: SpanRecord.Event, to state: inout State) {
        guard state.events.count < tracer.policy.limits.eventCount else {
            state.droppedEventCount += 1
            return
        }
        state.events.append(event)
    }

    /// What an event or a link holds: texts as long as the span's own may be.
    private func list(_ attributes: SpanAttributes) -> AttributeList {
        var list = AttributeList(maximumValueBytes: tracer.policy.limits.valueBytes)
        list.set(attributes)
        return list
    }

    /// Links the span to another, which may be of another trace.
    ///
    /// - Parameter link: Its context names the other span; a context without one is ignored.
    public func addLink(_ link: SpanLink) {
        guard let other = link.context.tracedSpan else { return }
        add(SpanRecord.Link(traceID: other.tracer.traceID, spanID: other.id, attributes: list(link.attributes)))
    }

    /// Links the span to one of another process.
    package func addLink(to other: TraceContext) {
        add(SpanRecord.Link(traceID: other.traceID, spanID: other.spanID, attributes: AttributeList()))
    }

    private func add(_ link: SpanRecord.Link) {
        update { state in
            guard state.links.count < tracer.policy.limits.linkCount else {
                state.droppedLinkCount += 1
                return
            }
            state.links.append(link)
        }
    }
}

extension AttributeList {
    /// Takes over attributes of swift-distributed-tracing.
    mutating func set(_ attributes: SpanAttributes) {
        attributes.forEach { key, value in set(key, to: AttributeValue(value)) }
    }
}
