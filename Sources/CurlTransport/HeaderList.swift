internal import CCurl

/// Owns a `curl_slist` of outgoing headers.
struct HeaderList: ~Copyable {
    private(set) var head: UnsafeMutablePointer<curl_slist>?
    private let fields: [HTTPHeaders.Field]
    /// The buffer in which each line is assembled.
    private var line: [UInt8] = []

    init() {
        fields = []
    }

    /// Creates the list of the given fields.
    ///
    /// - Parameters:
    ///   - fields: The header fields to send.
    ///   - suppressed: The names of fields that libcurl would add by itself, and does not send.
    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest`` if a field is invalid and could inject another
    ///   one.
    init(_ fields: [HTTPHeaders.Field], suppressed: [String] = []) throws(CurlError) {
        self.fields = fields
        line.reserveCapacity(Self.reservedLineBytes)
        for field in fields {
            try field.validate()
            // libcurl omits a header given as "Name:" and sends an empty one for "Name;".
            try append(field.name, field.value.isEmpty ? ";" : ": ", field.value)
        }
        // For a large body libcurl would send `Expect: 100-continue` first, which costs a round trip, or a second if the
        // server does not answer it.
        for name in suppressed + ["Expect"] { try append(name, ":", "") }
    }

    deinit {
        curl_slist_free_all(head)
    }

    private static let reservedLineBytes = 128

    /// Returns true if this list was made of the same fields.
    func isMade(of fields: [HTTPHeaders.Field]) -> Bool {
        head != nil && self.fields == fields
    }

    private mutating func append(_ name: String, _ separator: String, _ value: String) throws(CurlError) {
        line.removeAll(keepingCapacity: true)
        line.append(contentsOf: name.utf8)
        line.append(contentsOf: separator.utf8)
        line.append(contentsOf: value.utf8)
        line.append(0)
        let longer = line.withUnsafeBufferPointer { line in
            line.withMemoryRebound(to: CChar.self) { curl_slist_append(head, $0.baseAddress) }
        }
        guard let longer else { throw CurlError(code: .other, detail: "out of memory") }
        head = longer
    }
}
