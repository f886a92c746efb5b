internal import SessionTracing

/// Settings that stand in code and go before the environment's.
///
/// They are trimmed, and blank counts as unset, as with variables.
package struct ExportOverrides: Sendable {
    package let apiKey: String?
    package let serverURL: String?
    package let otlpEndpoint: String?

    package init(apiKey: String? = nil, serverURL: String? = nil, otlpEndpoint: String? = nil) {
        self.apiKey = apiKey?.trimmedSetting
        self.serverURL = serverURL?.trimmedSetting
        self.otlpEndpoint = otlpEndpoint?.trimmedSetting
    }
}
