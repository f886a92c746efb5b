import TracedLambda

/// The HTTP calls of the command `http`.
struct HTTPStep: Decodable {
    let url: String
    /// The number of calls at once; one if nil.
    let count: Int?
    /// `text`, `events` or `nothing`; the text if nil.
    let reads: String?
    let followsRedirects: Bool?
    /// The timeout of each call in seconds; the default if nil.
    let timeout: Double?

    /// Performs the calls.
    ///
    /// - Returns: The different outcomes, each with its number if there are several calls.
    func perform(context: InvocationContext) async -> [String] {
        guard let count else { return [await outcome(of: context.http)] }
        let http = context.http
        return await withTaskGroup { group in
            for _ in 0..<count { group.addTask { await outcome(of: http) } }
            var numbers: [String: Int] = [:]
            for await outcome in group { numbers[outcome, default: 0] += 1 }
            return numbers.map { "\($0.value) × \($0.key)" }.sorted()
        }
    }

    private func outcome(of http: HTTPClient) async -> String {
        var request = HTTPClient.Request(.get, url)
        request.redirects = followsRedirects == true ? .follow() : HTTPClient.Redirects.none
        request.timeout = timeout.map { .seconds($0) }
        do throws(HTTPError) {
            let response = try await http.send(request)
            switch reads {
            case "nothing": return "\(response.status)"
            case "events":
                var texts: [String] = []
                for try await event in response.events { texts.append(event.data) }
                return "\(response.status) \(texts.count) \(texts.last ?? "")"
            default: return "\(response.status) \(try await response.text())"
            }
        } catch {
            return error.code.rawValue
        }
    }
}
