/// Settings that stand in code and go before the environment's.
package struct ExportOverrides: Sendable {
    package var apiKey: String?
    package var serverURL: String?
    package var otlpEndpoint: String?

    package init(apiKey: String? = nil, serverURL: String? = nil, otlpEndpoint: String? = nil) {
        self.apiKey = apiKey
        self.serverURL = serverURL
        self.otlpEndpoint = otlpEndpoint
    }
}
