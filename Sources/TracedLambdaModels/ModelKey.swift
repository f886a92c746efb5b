internal import CurlTransport
internal import HTTPCalls
internal import SessionTracing
internal import SpanExport
internal import Synchronization
internal import TracedLambda

extension ChatModel {
    /// The way in which requests are authorized.
    public enum Key: Sendable, Hashable {
        /// The key of `OPENAI_API_KEY`, or, as HoneyHive's, the ARN of a secret or `ssm:` and a parameter's name.
        case environment
        /// A key; or, as for ``environment``, the ARN of a secret or `ssm:` and a parameter's name.
        case text(String)
        /// A signature with the function's AWS credentials, for Amazon Bedrock: service `bedrock`.
        case signature(service: String, region: String? = nil)
        /// Nothing, for a server that asks for nothing.
        case none
    }
}

/// Authorizes the requests of a model; reads a key that is kept in AWS with the first one.
final class ModelKey: Sendable {
    private enum Source {
        case none
        case plain(String)
        case stored(StoredKey)
        case signature(service: String, region: String?)
    }

    private let source: Source
    /// The key that was read.
    private let known = Mutex<String?>(nil)

    /// The timeout of reading a key, in milliseconds.
    static let readTimeoutMilliseconds = 5_000

    /// - Throws: ``ModelError`` with ``ModelError/Code/configuration`` if there is no key, or it cannot be one.
    init(_ key: ChatModel.Key, _ environment: Environment) throws(ModelError) {
        let text: String
        let setting: String
        switch key {
        case .none:
            source = .none
            return
        case .signature(let service, let region):
            source = .signature(service: service, region: region)
            return
        case .text(let given): (text, setting) = (given, "the model's key")
        case .environment:
            guard let given = environment[.modelKey] else { throw ChatModel.missing(.modelKey) }
            (text, setting) = (given, EnvironmentVariable.modelKey.rawValue)
        }
        do throws(ConfigurationProblem) {
            source =
                if let stored = try StoredKey.referred(by: text, setting: setting, environment: environment) {
                    .stored(stored)
                } else {
                    .plain(try StoredKey.validated(text, setting: setting))
                }
        } catch {
            throw ModelError(.configuration, error.description)
        }
    }

    /// Checks a base URL.
    ///
    /// - Throws: ``ModelError`` with ``ModelError/Code/configuration`` if it is no http or https URL.
    static func endpoint(_ base: String) throws(ModelError) -> HTTPEndpoint {
        guard let endpoint = HTTPEndpoint(base, appending: "/chat/completions") else {
            throw ModelError(
                .configuration,
                "\(EnvironmentVariable.modelURL.rawValue) is not an http or https URL without a user name and a query"
            )
        }
        return endpoint
    }

    /// Adds the key, or the signature, to a request.
    ///
    /// - Throws: ``ModelError`` with ``ModelError/Code/configuration`` if the key cannot be read; ``HTTPError``.
    nonisolated(nonsending) func authorize(
        _ request: inout HTTPClient.Request,
        _ context: InvocationContext
    ) async throws {
        switch source {
        case .none: break
        case .plain(let key): request.headers["Authorization"] = "Bearer \(key)"
        case .signature(let service, let region): request = request.signed(service: service, region: region)
        case .stored(let stored):
            request.headers["Authorization"] = "Bearer \(try await key(stored, context))"
        }
    }

    /// Forgets a rejected key.
    ///
    /// - Returns: True if it can be read again.
    func forget() -> Bool {
        guard case .stored = source else { return false }
        known.withLock { $0 = nil }
        return true
    }

    /// Concurrent calls may read the key at the same time, which does no harm.
    nonisolated(nonsending) private func key(_ stored: StoredKey, _ context: InvocationContext) async throws -> String {
        if let key = known.withLock({ $0 }) { return key }
        let timeout = Duration.milliseconds(Self.readTimeoutMilliseconds)
        let signed: HTTPRequest
        do throws(CurlError) {
            signed = try stored.request(timeout: timeout, unixSeconds: TraceClock.system.unixSeconds)
        } catch {
            throw ModelError(.configuration, "\(stored.setting): \(error.detail)")
        }
        var request = HTTPClient.Request(.post, signed.url, body: .bytes(signed.body))
        for field in signed.headers.fields { request.headers.add(field.value, to: field.name) }
        request.timeout = timeout
        request.propagation = HTTPClient.Propagation.none
        request.maximumResponseBytes = signed.maximumResponseBytes
        request.retries = HTTPClient.Retries(statuses: [429, 500, 502, 503, 504])
        let response = try await context.http.send(request)
        var headers = HTTPHeaders()
        for field in response.headers { headers.append(name: field.name, value: field.value) }
        let answer = HTTPResponse(status: response.status, headers: headers, body: try await response.bytes())
        do throws(KeyUnavailable) {
            let key = try stored.key(in: answer)
            known.withLock { $0 = key }
            return key
        } catch {
            throw ModelError(.configuration, "\(stored.setting) names a secret that cannot be read: \(error.reason)")
        }
    }
}
