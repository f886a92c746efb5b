internal import SessionTracing
internal import WireText

/// Reads the values of session keys and of header fields wherever they stand in an event, all by the same rules.
///
/// A value is a string or a number, which is its text; a session key may also be a list of one, and a header field a
/// list of several. `null` and blank strings count as absent.
struct FieldReader {
    /// The location of the fields, as named in the log.
    enum Location: String {
        case payload = "the payload"
        case headerFields = "the headers"
        case query = "the query parameters"
        case messageAttributes = "the message attributes"
        case clientContext = "the client context"
    }

    private let form: FieldForm
    private let location: Location
    /// The names and places of values that are present and cannot be used; never the values, which may be secret.
    private(set) var unusable: [String] = []

    init(_ location: Location, form: FieldForm = .plain) {
        self.form = form
        self.location = location
    }

    /// Returns the session id of a session key's value, or nil.
    mutating func id(_ key: StaticString, _ value: JSONValue) throws(MalformedJSON) -> String? {
        // IoT rules have the user properties of MQTT 5 as lists.
        if form == .plain, var elements = value.elements, let only = try elements.nextElement(),
            try elements.nextElement() == nil
        {
            return usable(try form.text(only), key)
        }
        return usable(try form.text(value), key)
    }

    /// Stores a header field, with all values of a list.
    mutating func take(
        _ field: StaticString,
        _ value: JSONValue,
        into traceHeaders: inout TraceHeaders
    ) throws(MalformedJSON) {
        guard var elements = try form.list(value) else {
            take(try form.text(value, maximumBytes: FieldForm.maximumHeaderBytes), field, into: &traceHeaders)
            return
        }
        while let element = try elements.nextElement() {
            take(try form.text(element, maximumBytes: FieldForm.maximumHeaderBytes), field, into: &traceHeaders)
        }
    }

    /// Reads the header fields of an object.
    mutating func fields(of members: JSONReader) throws(MalformedJSON) -> TraceHeaders {
        var traceHeaders = TraceHeaders()
        var members = members
        while let (name, value) = try members.nextMember() {
            guard let field = name.first(of: WantedName.headerFields, ignoringCase: true) else { continue }
            try take(field, value, into: &traceHeaders)
        }
        return traceHeaders
    }

    private mutating func take(_ text: FieldText, _ field: StaticString, into traceHeaders: inout TraceHeaders) {
        guard let text = usable(text, field) else { return }
        traceHeaders.take(name: field.description, value: text)
    }

    private mutating func usable(_ text: FieldText, _ name: StaticString) -> String? {
        switch text {
        case .text(let text): return text
        case .absent: return nil
        case .unusable:
            unusable.appendOnce("\(name) in \(location.rawValue)")
            return nil
        }
    }
}

/// The text of a value that can name a session or carry trace context.
enum FieldText {
    case text(String)
    /// There is no value, or a blank one.
    case absent
    /// The value has another type, is malformed or is too long.
    case unusable

    init(_ text: String?) {
        guard let text else {
            self = .unusable
            return
        }
        self = text.utf8.contains { $0 > 0x20 } ? .text(text) : .absent
    }
}

/// The representation of values in a part of an event.
enum FieldForm {
    case plain
    /// DynamoDB's representation: each value is an object whose only key is the value's type.
    case attributeMap
    /// Kafka's representation of headers: a list of the bytes.
    case bytes
    /// RabbitMQ's representation of headers: an object whose member `bytes` is a list of the bytes; numbers are plain.
    case bytesObject
    /// The representation of message attributes by SQS and SNS: an object with the type and the text.
    case messageAttribute
    /// CloudFront's representation of headers: an object with the name and the value.
    case keyValue

    /// The maximum length of a header field's value, in bytes: a load balancer's limit for all headers.
    static let maximumHeaderBytes = 64 * 1024

    /// Returns the text of a single value.
    func text(
        _ value: JSONValue,
        maximumBytes: Int = JSONText.maximumDecodedBytes
    ) throws(MalformedJSON) -> FieldText {
        guard let content = try content(of: value), !content.isNull else { return .absent }
        switch content {
        case .string(let string): return FieldText(string.decoded(maximumBytes: maximumBytes))
        case .array, .object:
            return hasByteLists ? FieldText(try ByteList.text(content)) : .unusable
        default: return FieldText(content.number)
        }
    }

    /// Returns the reader of a list of values, or nil.
    func list(_ value: JSONValue) throws(MalformedJSON) -> JSONReader? {
        hasByteLists ? nil : try content(of: value)?.elements
    }

    private var hasByteLists: Bool { self == .bytes || self == .bytesObject }

    /// Returns the value without the representation's envelope; nil if it is absent.
    private func content(of value: JSONValue) throws(MalformedJSON) -> JSONValue? {
        switch self {
        case .plain, .bytes: return value
        case .bytesObject: return try value.member("bytes") ?? value
        case .keyValue: return try value.member("value") ?? value
        case .messageAttribute:
            guard var members = value.members else { return value }
            while let (name, text) = try members.nextMember() {
                if name.first(of: Self.attributeTexts) != nil { return text }
            }
            // An attribute without text, such as a binary one, cannot be used.
            return value
        case .attributeMap:
            guard var members = value.members, let (type, content) = try members.nextMember() else { return value }
            if type.equals("NULL") { return nil }
            return type.first(of: Self.textTypes) == nil ? value : content
        }
    }

    private static let attributeTexts: [StaticString] = ["stringValue", "StringValue", "Value", "value"]

    /// DynamoDB's types with a text, and lists of them.
    private static let textTypes: [StaticString] = ["S", "N", "L", "SS", "NS"]
}

/// The representation of query parameters in an object.
enum QueryForm {
    case decoded
    /// The values of a repeated parameter are joined with commas.
    case joined
    /// Names and values are percent-encoded, as by load balancers.
    case encoded
}

extension [String] {
    /// Appends the text if the list does not contain it.
    mutating func appendOnce(_ text: String) {
        if !contains(text) { append(text) }
    }
}

/// A string represented by its bytes.
enum ByteList {
    /// Decodes a string.
    ///
    /// - Parameter list: A list of the bytes, or an object with the bytes by index, as of Java's test events.
    /// - Returns: The string; nil if the list is too long or contains anything but bytes, signed or unsigned.
    /// - Throws: ``MalformedJSON`` if the list is malformed.
    static func text(_ list: JSONValue) throws(MalformedJSON) -> String? {
        var bytes: [UInt8] = []
        var isText = true
        try list.forEach { (element) throws(MalformedJSON) in
            guard isText, bytes.count < JSONText.maximumDecodedBytes,
                let number = element.integer ?? element.text.flatMap({ Int($0) }), (-128...255).contains(number)
            else {
                isText = false
                return
            }
            // Java's bytes are signed.
            bytes.append(UInt8(truncatingIfNeeded: number))
        }
        return isText ? String(validating: bytes, as: UTF8.self) : nil
    }
}
