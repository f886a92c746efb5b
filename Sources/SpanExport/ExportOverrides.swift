internal import SessionTracing

/// The settings made in code, which take precedence over the environment.
///
/// As with environment variables, white space is trimmed and blank values count as unset.
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
