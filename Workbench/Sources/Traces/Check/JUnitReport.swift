/// Writes results in JUnit's XML, which CI systems show.
package enum JUnitReport {
    /// Writes the results of a session.
    package static func text(session: String, _ results: [TraceCheck.Result]) -> String {
        let failed = results.count { $0.failure != nil }
        let counts = "tests=\"\(results.count)\" failures=\"\(failed)\" errors=\"0\""
        let cases = results.map { result in
            let head = "    <testcase classname=\"\(escaped(session))\" name=\"\(escaped(result.name))\""
            guard let failure = result.failure else { return head + "/>\n" }
            return head + ">\n      <failure message=\"\(escaped(failure))\"/>\n    </testcase>\n"
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites \(counts)>
              <testsuite name="traced-lambda check" \(counts)>
            \(cases.joined())  </testsuite>
            </testsuites>

            """
    }

    /// Escapes a text for an attribute; characters that XML 1.0 does not have become U+FFFD.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\r", "\t": result += "&#\(scalar.value);"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
