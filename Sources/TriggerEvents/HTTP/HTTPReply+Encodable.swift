internal import WireText

extension HTTPReply: Encodable {
    private enum Key: String, CodingKey {
        case statusCode, statusDescription, headers, multiValueHeaders, cookies, body, isBase64Encoded
    }

    /// Encodes the reply in the form of its request's source
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
    /// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#respond-to-load-balancer,
    /// https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html#respond-to-service).
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: The encoder's error.
    public func encode(to encoder: any Encoder) throws {
        var reply = encoder.container(keyedBy: Key.self)
        try reply.encode(status, forKey: .statusCode)
        if form.hasStatusDescription { try reply.encode(StatusPhrase.line(status), forKey: .statusDescription) }
        switch form {
        case .cookieList:
            try reply.encode(joined(headers), forKey: .headers)
            if !cookies.isEmpty { try reply.encode(cookies, forKey: .cookies) }
        case .lists: try reply.encode(grouped(allFields), forKey: .multiValueHeaders)
        case .single: try reply.encode(joined(allFields), forKey: .headers)
        }
        let text = String(validating: body, as: UTF8.self)
        try reply.encode(text ?? Base64.encode(body), forKey: .body)
        try reply.encode(text == nil, forKey: .isBase64Encoded)
    }

    private var allFields: NamedValues {
        cookies.reduce(into: headers) { $0.append(name: "set-cookie", value: $1) }
    }

    /// Groups values by name.
    ///
    /// Names that differ only in case are one header, with the first one's spelling.
    private func grouped(_ fields: NamedValues) -> [String: [String]] {
        var spellings: [String: String] = [:]
        return fields.reduce(into: [:]) { result, field in
            let name = spellings[field.name.lowercased(), default: field.name]
            spellings[field.name.lowercased()] = name
            result[name, default: []].append(field.value)
        }
    }

    private func joined(_ fields: NamedValues) -> [String: String] {
        grouped(fields).mapValues { $0.joined(separator: ",") }
    }
}
