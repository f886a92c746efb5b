import FoundationEssentials
import LocalLambda
import OTLP

/// Tries the API key with one request to the collector: an OTLP request without a span, which changes nothing.
///
/// The request runs in curl. The key goes through its standard input, so that it is on no command line.
struct KeyCheck {
    /// The result of a check.
    struct Result {
        /// The server's verdict; `nil` when there was none.
        let isAccepted: Bool?
        /// The result for people.
        let text: String
    }

    /// The time limit of the request, in seconds.
    static let timeLimitSeconds = 5
    /// The length limit of the server's own message, in characters.
    private static let messageLimitCharacters = 200
    private static let path = "/opentelemetry/v1/traces"
    private static let standardURL = "https://api.dp1.us.honeyhive.ai"
    private static let keyNames = ["HH_INGESTION_API_KEY", "HH_API_KEY", "HONEYHIVE_API_KEY"]
    private static let urlNames = ["HH_API_URL", "HONEYHIVE_SERVER_URL", "HH_SERVER_URL"]

    /// The variable with the key, and the key; `nil` when none is set.
    private let key: (name: String, value: String)?
    /// The variable with the URL; `nil` when none is set.
    private let urlName: String?
    /// The server's URL, without a slash at the end.
    private let url: String

    init(environment: [String: String]) {
        func first(of names: [String]) -> (name: String, value: String)? {
            for name in names {
                let value = (environment[name] ?? "").trimmingWhitespace
                if !value.isEmpty { return (name, value) }
            }
            return nil
        }
        let setting = first(of: Self.urlNames)
        key = first(of: Self.keyNames)
        urlName = setting?.name
        url = (setting?.value ?? Self.standardURL).trimmingSlashes
    }

    /// The host and, where it is given, the port.
    private var host: String {
        let authority = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return String(authority.split(separator: "@").last ?? authority)
    }

    private var urlHint: String { urlName.map { "check \($0)" } ?? "the default host; HH_API_URL names another one" }

    /// Makes the request.
    func result() async -> Result {
        guard let key else {
            return Result(isAccepted: nil, text: "not set: HH_API_KEY is needed on Lambda, not here; nothing was tried")
        }
        let prefixes = ["arn:", "ssm:"]
        if prefixes.contains(where: key.value.hasPrefix) {
            return Result(isAccepted: nil, text: "\(key.name) names a secret in AWS, which was not tried")
        }
        guard key.value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            let problem = "has a character that no HTTP header can carry; set it again"
            return Result(isAccepted: false, text: "\(key.name) \(problem)")
        }
        guard url.hasPrefix("http://") || url.hasPrefix("https://"), !host.isEmpty else {
            let problem = "'\(url)' is not an http or https URL; \(urlHint)"
            return Result(isAccepted: nil, text: "\(key.name) was not tried: \(problem)")
        }
        let run: ToolRun
        do throws(LocalLambdaError) {
            run = try await ToolRun(
                ["curl", "--disable", "--config", "-"],
                input: Array(configuration(key: key.value).utf8)
            )
        } catch {
            return Result(isAccepted: nil, text: "\(key.name) was not tried: 'curl' cannot be started; install it")
        }
        return verdict(run, key)
    }

    /// curl's configuration file (https://curl.se/docs/manpage.html#-K).
    private func configuration(key: String) -> String {
        func quoted(_ text: String) -> String {
            "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
        return """
            url = \(quoted(url + Self.path))
            header = \(quoted("Authorization: Bearer \(key)"))
            header = "Content-Type: application/json"
            data = \(quoted(#"{"resourceSpans":[]}"#))
            silent
            show-error
            proto = "=http,https"
            max-time = \(Self.timeLimitSeconds)
            write-out = "\\n%{http_code}"

            """
    }

    private func verdict(_ run: ToolRun, _ key: (name: String, value: String)) -> Result {
        let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
        let status = lines.last.flatMap { Int($0) } ?? 0
        let message = shown(lines.dropLast().joined(separator: " "), without: key.value)
        let said = message.isEmpty ? "" : "; it said: \(message)"
        switch status {
        case 0:
            let reason = shown(run.errors.replacing(#/curl: \(\d+\) /#, with: ""), without: key.value)
            return Result(
                isAccepted: nil,
                text: "\(key.name) was not tried: \(host) could not be reached: \(reason); \(urlHint)"
            )
        case 200...299: return Result(isAccepted: true, text: "\(key.name) was accepted by \(host) (HTTP \(status))")
        case 401, 403:
            let problem = "the key in \(key.name) was refused by \(host); set a key of that host"
            return Result(isAccepted: false, text: "HTTP \(status): \(problem)\(said)")
        case 404:
            return Result(isAccepted: nil, text: "HTTP 404: \(host) has no \(Self.path); \(urlHint)\(said)")
        default:
            let problem = "\(host) neither accepted nor refused \(key.name)"
            return Result(isAccepted: nil, text: "HTTP \(status): \(problem)\(said)")
        }
    }

    /// A foreign text on one line, without the key and cut to a limit.
    private func shown(_ text: String, without key: String) -> String {
        let line = String(text.replacing(key, with: "[key]").map { $0.isNewline || $0 == "\t" ? " " : $0 })
        let printable = line.unicodeScalars.filter { $0.properties.generalCategory != .control }
        return String(
            String(String.UnicodeScalarView(printable)).trimmingWhitespace.prefix(Self.messageLimitCharacters)
        )
    }
}

extension String {
    fileprivate var trimmingWhitespace: String {
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace })
        else {
            return ""
        }
        return String(self[start...end])
    }

    fileprivate var trimmingSlashes: String {
        String(self[..<(lastIndex { $0 != "/" }.map { index(after: $0) } ?? startIndex)])
    }
}
