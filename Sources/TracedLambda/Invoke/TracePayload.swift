internal import SessionTracing
internal import WireText

/// Puts the caller's session and trace into what a function receives.
enum TracePayload {
    /// The maximum length of a client context in base64, in bytes
    /// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
    static let maximumClientContextBytes = 3_583

    /// Returns the client context of a synchronous invocation, in base64: the fields in its object `custom`.
    ///
    /// If it is too long, members of the baggage are left out, the last first and the session's never; then
    /// `tracestate`, and then the rest of the baggage.
    ///
    /// - Parameter fields: `traceparent`, `tracestate` and `baggage`.
    /// - Returns: The value of `X-Amz-Client-Context`; nil if there are no fields.
    static func clientContext(_ fields: [(name: String, value: String)]) -> String? {
        guard !fields.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.object { writer in
            writer.name("custom")
            writer.object { writer in for field in fields { writer.member(field.name, field.value) } }
        }
        let text = Base64.encode(writer.bytes)
        guard text.utf8.count > maximumClientContextBytes else { return text }
        return clientContext(shortened(fields))
    }

    private static func shortened(_ fields: [(name: String, value: String)]) -> [(name: String, value: String)] {
        var fields = fields
        if let index = fields.firstIndex(where: { $0.name == "baggage" }) {
            let items = Baggage(header: fields[index].value).items
            if let last = items.lastIndex(where: { !Baggage.isAssociation($0.key) }) {
                var baggage = Baggage()
                for (position, item) in items.enumerated() where position != last { baggage.set(item) }
                fields[index].value = baggage.header
                if baggage.items.isEmpty { fields.remove(at: index) }
                return fields
            }
        }
        if let index = fields.firstIndex(where: { $0.name == "tracestate" }) {
            fields.remove(at: index)
            return fields
        }
        return fields.dropLast()
    }

    /// Returns an event with the fields as members at its top level, where this framework's functions and HoneyHive's
    /// clients read them.
    ///
    /// The event stays as it is if it is no object, has a member of one of these names, or would become too large.
    ///
    /// - Parameters:
    ///   - event: The event as JSON text.
    ///   - fields: `traceparent`, `tracestate` and `baggage`.
    ///   - maximumBytes: The maximum length of the result, in bytes.
    /// - Returns: The event.
    static func event(_ event: [UInt8], _ fields: [(name: String, value: String)], maximumBytes: Int) -> [UInt8] {
        guard !fields.isEmpty, let isEmpty = hasRoom(event) else { return event }
        var writer = JSONWriter()
        writer.object { writer in for field in fields { writer.member(field.name, field.value) } }
        guard let start = event.firstIndex(of: UInt8(ascii: "{")) else { return event }
        let members = writer.bytes.dropLast() + (isEmpty ? [] : [UInt8(ascii: ",")])
        guard event.count + members.count <= maximumBytes else { return event }
        return Array(event[..<start]) + members + event[(start + 1)...]
    }

    private static let names: [StaticString] = ["traceparent", "tracestate", "baggage"]

    /// Returns true if the event is an object without members, false if it has other members, and nil if nothing can be
    /// added.
    private static func hasRoom(_ event: [UInt8]) -> Bool? {
        event.withUnsafeBufferPointer { event in
            guard var members = JSONValue(event).members else { return nil }
            var isEmpty = true
            do throws(MalformedJSON) {
                while let (name, _) = try members.nextMember() {
                    isEmpty = false
                    if name.first(of: names, ignoringCase: true) != nil { return nil }
                }
            } catch {
                return nil
            }
            return isEmpty
        }
    }
}
