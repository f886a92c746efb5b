internal import CCurl

/// Owns a `curl_slist` of outgoing headers.
struct HeaderList: ~Copyable {
    private(set) var head: UnsafeMutablePointer<curl_slist>?

    deinit {
        curl_slist_free_all(head)
    }

    /// - Throws: ``CurlError`` with ``CurlError/Code/invalidRequest`` when a field could smuggle in another one.
    mutating func append(_ field: HTTPHeaders.Field) throws(CurlError) {
        try field.validate()
        // libcurl reads "Name:" as "leave this header out" and "Name;" as "send it empty".
        try append(line: field.value.isEmpty ? field.name + ";" : field.name + ": " + field.value)
    }

    /// Keeps libcurl from sending a header of its own.
    mutating func suppress(_ name: StaticString) throws(CurlError) {
        try append(line: "\(name):")
    }

    private mutating func append(line: String) throws(CurlError) {
        guard let longer = curl_slist_append(head, line) else {
            throw CurlError(code: .other, detail: "out of memory")
        }
        head = longer
    }
}
