public import Tracing

extension TracedSpan {
    /// The span's attributes.
    ///
    /// Setting merges: swift-distributed-tracing sets one attribute by reading all and writing all, which must not lose
    /// attributes that another task wrote in between. An attribute can thus be replaced here but not removed.
    public var attributes: SpanAttributes {
        get {
            var attributes = SpanAttributes()
            for entry in read({ $0.attributes.entries }) { attributes.set(entry.key, value: entry.value.spanAttribute) }
            return attributes
        }
        set { write(newValue, changedFrom: attributes) }
        // Called for `span.attributes["k"] = 1`. Only here are the attributes known that the caller has read.
        _modify {
            let before = attributes
            var after = before
            defer { write(after, changedFrom: before) }
            yield &after
        }
    }

    /// Changes several attributes at once.
    ///
    /// - Parameter update: Changes the attributes in place. Concurrent changes by other tasks are kept, except for the
    ///   keys that it changes.
    public func updateAttributes(_ update: (inout SpanAttributes) -> Void) {
        let before = attributes
        var after = before
        update(&after)
        write(after, changedFrom: before)
    }

    /// Writes only the changed attributes: the others may be older than the current values.
    private func write(_ attributes: SpanAttributes, changedFrom before: SpanAttributes) {
        var changes: [AttributeList.Entry] = []
        attributes.forEach { key, value in
            guard before.get(key) != value else { return }
            changes.append(.init(key: key, value: tracer.redaction.redacted(AttributeValue(value), of: key)))
        }
        self.update { $0.attributes.set(changes) }
    }

    /// Sets one attribute under its own name, outside HoneyHive's fields.
    ///
    /// - Parameters:
    ///   - key: The attribute's name, as in OpenTelemetry's semantic conventions.
    ///   - value: The attribute's value; replaces an existing one.
    public func setAttribute(_ key: String, to value: AttributeValue) {
        // A custom redaction rule runs outside the lock, because it may read this span.
        let value = tracer.redaction.redacted(value, of: key)
        update { $0.attributes.set(key, to: value) }
    }

    /// Sets an attribute whose value Lambda or this framework made: it is not searched for secrets.
    package func setOwnAttribute(_ key: String, to value: AttributeValue) {
        let value = tracer.redaction.ruled(value, of: key)
        update { $0.attributes.set(key, to: value) }
    }

    /// Sets the status of the span.
    ///
    /// - Parameter status: The status. An `.ok` is final: a later error does not replace it.
    public func setStatus(_ status: SpanStatus) {
        let message = status.message.map { tracer.redaction.redacted($0, as: .error) }
        update { state in
            switch status.code {
            case .ok: state.status = .ok
            case .error:
                if state.status == .ok { return }
                // `withSpan` sets an error without a message after the message has been recorded.
                if case .error = state.status, message == nil { return }
                state.status = .error(message: message ?? "")
            }
        }
    }

    /// Adds an event to the span.
    ///
    /// - Parameter event: The event with its name, time and attributes.
    public func addEvent(_ event: SpanEvent) {
        let event = SpanRecord.Event(
            name: tracer.redaction.redacted(event.name, as: .name),
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

    /// Returns the attributes of an event or a link, redacted and limited like the span's own.
    private func list(_ attributes: SpanAttributes) -> AttributeList {
        var list = AttributeList(maximumValueBytes: tracer.policy.limits.valueBytes)
        list.set(attributes, tracer.redaction)
        return list
    }

    /// Links the span to another span, possibly in another trace.
    ///
    /// - Parameter link: The link. A link whose context contains no span is ignored.
    public func addLink(_ link: SpanLink) {
        guard let other = link.context.currentTrace.linkTarget else { return }
        add(SpanRecord.Link(traceID: other.traceID, spanID: other.spanID, attributes: list(link.attributes)))
    }

    /// Links the span to a span of another process.
    package func addLink(to other: TraceContext, attributes: SpanAttributes = [:]) {
        add(SpanRecord.Link(traceID: other.traceID, spanID: other.spanID, attributes: list(attributes)))
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
    mutating func set(_ attributes: SpanAttributes, _ redaction: Redaction) {
        attributes.forEach { key, value in set(key, to: redaction.redacted(AttributeValue(value), of: key)) }
    }
}
