internal import CCurl

/// Owns a `curl_slist` of outgoing headers.
struct HeaderList: ~Copyable {
    private(set) var head: UnsafeMutablePointer<curl_slist>?
    private let fields: [HTTPHeaders.Field]
    private let suppressesExpect: Bool
    /// The buffer in which each line is assembled.
    private var line: [UInt8] = []

    init() {
        fields = []
        suppressesExpect = false
    }

    /// Creates the list of the given fields.
    ///
    /// - Parameters:
    ///   - fields: The header fields to send.
    ///   - suppressesExpect: True to keep libcurl from sending `Expect: 100-continue` before a large body.
    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest`` if a field is invalid and could inject another
    ///   one.
    init(_ fields: [HTTPHeaders.Field], suppressesExpect: Bool) throws(CurlError) {
        self.fields = fields
        self.suppressesExpect = suppressesExpect
        line.reserveCapacity(Self.reservedLineBytes)
        for field in fields {
            try field.validate()
            // libcurl omits a header given as "Name:" and sends an empty one for "Name;".
            try append(field.name, field.value.isEmpty ? ";" : ": ", field.value)
        }
        if suppressesExpect { try append("Expect", ":", "") }
    }

    deinit {
        curl_slist_free_all(head)
    }

    private static let reservedLineBytes = 128

    /// Returns true if this list was made of the same fields and options.
    func isMade(of fields: [HTTPHeaders.Field], suppressesExpect: Bool) -> Bool {
        self.fields == fields && self.suppressesExpect == suppressesExpect
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
