@testable import SessionTracing
import Testing
import WireText

@Suite("Secrets in texts")
struct SecretTextTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let text: String
        let masked: String
        var testDescription: String { text }

        init(_ text: String, _ masked: String) {
            self.text = text
            self.masked = masked
        }
    }

    @Test("A secret is found at every position of a long text", arguments: 0..<40)
    func positions(start: Int) {
        let (before, after) = (
            String(repeating: "é", count: start / 2) + String(repeating: "x", count: start % 2), " y"
        )
        for (secret, masked) in [
            ("password=pw-1", "password=[redacted]"), (" AKIAIOSFODNN7EXAMPLE", " [redacted]"),
            ("<password>pw-1</password>", "<password>[redacted]</password>"),
            ("q: bearer abc.def-123", "q: bearer [redacted]"),
        ] {
            for length in [0, 1, 15, 16, 17, 33] {
                let rest = after + String(repeating: "z", count: length)
                #expect(SecretText.masked(before + " " + secret + rest) == before + " " + masked + rest)
            }
        }
    }

    @Test("A search for secrets stops at the byte by which each prefix is found")
    func prefixTriggers() {
        for byte in SecretFormat.prefixTriggers {
            var block = ByteBlock()
            block[11] = byte
            #expect(ByteMatches(SecretFormat.triggers(block, ByteBlock())).first == 11)
        }
    }

    @Test("A search for secrets stops at the first letter of `Bearer` and `Basic`, and at few other words")
    func schemeTriggers() {
        for (word, isTrigger) in [
            ("bearer", true), ("Bearer", true), ("BEARER", true), ("basic", true), ("BASIC", true), ("Basic", true),
            ("but", false), ("by", false), ("B", false), ("base", true),
        ] {
            let bytes = Array(word.utf8) + [0, 0]
            var (block, next) = (ByteBlock(), ByteBlock())
            (block[15], next[15]) = (bytes[0], bytes[1])
            #expect(ByteMatches(SecretFormat.triggers(block, next)).first == (isTrigger ? 15 : nil))
        }
    }

    @Test(
        "A value that the text names is masked, in each syntax",
        arguments: [
            // JSON, cut JSON, JSON lines, JSON within JSON, JSON in prose.
            Sample(#"{"password":"pw-1","q":"x"}"#, #"{"password":"[redacted]","q":"x"}"#),
            Sample(#"{ "a" : { "apiKey" : "k" , "n": 1 } }"#, #"{ "a" : { "apiKey" : "[redacted]" , "n": 1 } }"#),
            Sample("{\n  \"password\":\n    \"pw\"\n}", "{\n  \"password\":\n    \"[redacted]\"\n}"),
            Sample(#"{"password":"a\"b","q":1}"#, #"{"password":"[redacted]","q":1}"#),
            Sample(#"{"password":"a\\","q":"b"}"#, #"{"password":"[redacted]","q":"b"}"#),
            Sample(#"{"q":"x","password":"pw-1 and mo"#, #"{"q":"x","password":"[redacted]"#),
            Sample(
                #"{"body":"{\"password\":\"pw-1\",\"q\":1}"}"#,
                #"{"body":"{\"password\":\"[redacted]\",\"q\":1}"}"#
            ),
            Sample(
                #"{"a":"{\"b\":\"{\\\"token\\\":\\\"t\\\",\\\"q\\\":1}\"}"}"#,
                #"{"a":"{\"b\":\"{\\\"token\\\":\\\"[redacted]\\\",\\\"q\\\":1}\"}"}"#
            ),
            Sample(#"the call was {"secret":"s"} and failed"#, #"the call was {"secret":"[redacted]"} and failed"#),
            Sample(#"{"credentials":{"user":"u}","k":["x"]},"q":1}"#, #"{"credentials":"[redacted]","q":1}"#),
            Sample(#"{"cookies":["a=1","b=2"],"q":1}"#, #"{"cookies":"[redacted]","q":1}"#),
            Sample(#"{'password': 'pw', 'n': None}"#, #"{'password': '[redacted]', 'n': None}"#),
            Sample(#"["password": "pw", "n": "1"]"#, #"["password": "[redacted]", "n": "1"]"#),
            Sample(#"{"token": "t"}"#, #"{"token": "[redacted]"}"#),
            // Query strings, forms, URLs.
            Sample("access_token=q-1", "access_token=[redacted]"),
            Sample("a=1&access_token=q-1&b=2", "a=1&access_token=[redacted]&b=2"),
            Sample("password=12345&x=1", "password=[redacted]&x=1"),
            Sample("https://h/p?api_key=k&q=x#f", "https://h/p?api_key=[redacted]&q=x#f"),
            Sample("user%5Bpassword%5D=pw&x=1", "user%5Bpassword%5D=[redacted]&x=1"),
            Sample("next=%2Fp%3Faccess_token%3Dq-1%26x%3D1&y=2", "next=[redacted]&y=2"),
            Sample("filter=%7B%22password%22%3A%22pw-1%22%7D&y=2", "filter=[redacted]&y=2"),
            Sample("a=%2520&f=%257B%2522password%2522%253A%2522pw%2522%257D", "a=%2520&f=[redacted]"),
            Sample("user[password]=pw", "user[password]=[redacted]"),
            Sample(
                "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\npw-1\r\n--b--",
                "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n[redacted]\r\n--b--"
            ),
            // Headers and settings.
            Sample("Authorization: Digest a=b, c=d\nAccept: x", "Authorization: [redacted]\nAccept: x"),
            Sample("Cookie: a=1; b=2\r\nHost: h", "Cookie: [redacted]\r\nHost: h"),
            Sample("curl -H 'X-Api-Key: abc' https://h", "curl -H 'X-Api-Key: [redacted]' https://h"),
            Sample("DB_PASSWORD=pw\nHOST=h", "DB_PASSWORD=[redacted]\nHOST=h"),
            Sample("user: u\npassword: pw x\nport: 1", "user: u\npassword: [redacted]\nport: 1"),
            Sample("Server=h;Password=p;w;Database=d", "Server=h;Password=[redacted];Database=d"),
            Sample("host=h password=pw dbname=d", "host=h password=[redacted] dbname=d"),
            Sample(#"{password => "pw"}"#, #"{password => "[redacted]"}"#),
            // Descriptions of values, XML, prose.
            Sample(#"Login(user: "u", password: "pw")"#, #"Login(user: "u", password: "[redacted]")"#),
            Sample("Login(user: u, token: abc)", "Login(user: u, token: [redacted])"),
            Sample("<a><password>pw</password><b>x</b></a>", "<a><password>[redacted]</password><b>x</b></a>"),
            Sample(#"<login user="u" password="pw"/>"#, #"<login user="u" password="[redacted]"/>"#),
            Sample("invalid password: hunter2 for u", "invalid password: [redacted] for u"),
            Sample("invalid token: 8f7d9a1c2b for u", "invalid token: [redacted] for u"),
            Sample("API key: 9f8e7d6c", "API key: [redacted]"),
            Sample("the client secret: x1 is old", "the client secret: [redacted] is old"),
            Sample("x-api-key: 1234567890\nn: 1", "x-api-key: [redacted]\nn: 1"),
            Sample("signing_key: 0x4c0883a6", "signing_key: [redacted]"),
            Sample("DB_PASS=pw;smtpPass: x", "DB_PASS=[redacted];smtpPass: [redacted]"),
            Sample(
                #"{"headers":[{"name":"x-api-key","value":"k-1"},{"name":"a","value":"b"}]}"#,
                #"{"headers":[{"name":"x-api-key","value":"[redacted]"},{"name":"a","value":"b"}]}"#
            ),
            Sample(#"<property name="password" value="pw"/>"#, #"<property name="password" value="[redacted]"/>"#),
            Sample(#"<add key="ApiKey" value="k"/>"#, #"<add key="ApiKey" value="[redacted]"/>"#),
            Sample("<password><![CDATA[pw<1]]></password>", "<password><![CDATA[[redacted]]]></password>"),
            // Base64 of such a text.
            Sample("eyJwYXNzd29yZCI6InB3LTEifQ==", "[redacted]"),
            Sample("YWNjZXNzX3Rva2VuPXEtMSZ4PTE=", "[redacted]"),
            Sample("eyJwYXNzd29yZCI6InB3LTEifQ", "[redacted]"),
            Sample("eyJwYXNzd29yZCI6InB3\nLTEifQ==", "[redacted]"),
        ]
    )
    func named(sample: Sample) {
        #expect(SecretText.masked(sample.text) == sample.masked)
        // What is masked stays as it is.
        #expect(SecretText.masked(sample.masked) == nil)
    }

    @Test(
        "A secret of a known format is masked wherever it is",
        arguments: [
            Sample("got Bearer abc.def-1 back", "got Bearer [redacted] back"),
            Sample("bearer 0123456789", "bearer [redacted]"),
            Sample("Basic dXNlcjpwdw==", "Basic [redacted]"),
            Sample("key sk-proj-abc123DEF456 is bad", "key [redacted] is bad"),
            Sample("sk-ant-a1b2c3d4e5f6", "[redacted]"),
            Sample("id AKIAIOSFODNN7EXAMPLE.", "id [redacted]."),
            Sample("ASIAIOSFODNN7EXAMPLE", "[redacted]"),
            Sample("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_x", "[redacted]"),
            Sample("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\nb", "a\n[redacted]\nb"),
            Sample("-----BEGIN PRIVATE KEY-----\nMIIB", "[redacted]"),
            Sample("postgres://u:p%40w@h:5432/d", "postgres://u:[redacted]@h:5432/d"),
            Sample("redis://:pw@h", "redis://:[redacted]@h"),
            Sample("ghp_0123456789abcdefghijABCDEFGHIJ012345", "[redacted]"),
            Sample("xoxb-1234567890-abc", "[redacted]"),
            Sample("AIzaSyA0123456789abcdefghijABCDEFGHIJ01", "[redacted]"),
            Sample("sk_live_0123456789ab", "[redacted]"),
        ]
    )
    func formats(sample: Sample) {
        #expect(SecretText.masked(sample.text) == sample.masked)
        #expect(SecretText.masked(sample.masked) == nil)
    }

    @Test(
        "A text without a secret is kept",
        arguments: [
            "", "=", ":", "a=b", "x: y", "Where does my session go?", #"{"session_tokens": 3}"#,
            #"{"passwordless": false}"#,
            #"{"choices":[{"logprobs":{"content":[{"token":"Hello","logprob":-0.1}]}}]}"#,
            #"{"token":"Hello","bytes":[72,101],"logprob":-0.1}"#, #"{"password": true, "otp": 123456, "auth": null}"#,
            #"{"max_tokens":"5","token_type":"bearer"}"#, "max_tokens=5&tokens=a",
            "A token: a token is a piece of a word.", "The secret: practice every day.", "Bearer of good news",
            "a basic step-by-step plan", "basic e-commerce site", "basic read-only access",
            "basic arithmetic...", #"{"token":"Hello","tokenId":1,"logProbability":-0.1}"#,
            #"{"token":{"id":1,"text":"Hello","logprob":-0.1}}"#, "SELECT * FROM t WHERE token = $1 AND password = ?",
            "token = get_token()", #"api_key=os.environ["K"]"#, "password: ${PASSWORD}", "pass: 3, fail: 1",
            "eyJ.eyJ.eyJ", "%3D%3D%3D", "a%20b=c%20d",
            "the basic knowledge", "task-force-1234567890", "sk-learn", "if token == expected { return }",
            "https://example.com:8080/path@2x", "ftp://user@host/f", "12:30:45", "a ? b : c", "keyboard: qwerty",
            "4bf92f3577b34da6a3ce929d0e0e4736", "11111111-2222-4333-8444-555555555555", "2026-11-30T03:24:52Z",
            "SGVsbG8sIHRoaXMgaXMgdGV4dC4=", "user test@example.com", "let key = value", "{\"credentials\":{}}",
            "<token>", "<password></password>", "password=", "password: ", #"{"password":""}"#, "eyJ.x", "AKIA",
            "Überraschung: ja",
        ]
    )
    func kept(text: String) {
        #expect(SecretText.masked(text) == nil)
    }

    /// A pass takes milliseconds; a quadratic one would take hours.
    @Test(
        "The time grows with the length alone",
        .timeLimit(.minutes(1)),
        arguments: [
            "password=", "\"password\":\"", "Bearer ", "eyJ", "-----BEGIN ", "a://b:", "<password>", "{\"token\":{",
            "\\\"", "sk-",
            "password: ", "%3D", "name=\"", "eyJ.", "eyJ-", "%3A%22", "{\"name\":\"token\",", "API key: ",
            "<token><![CDATA[", "sk-a.",
        ]
    )
    func length(part: String) {
        let text = String(repeating: part, count: 1_000_000 / part.utf8.count)
        _ = SecretText.masked(text)
    }
}
