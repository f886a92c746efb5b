import SessionTracing
import Testing

@Suite("Version 5 UUIDs")
struct UUIDVersion5Tests {
    private func uuid5(_ namespace: String, _ name: String) throws -> String {
        try UUIDBytes(version5Of: name, namespace: #require(UUIDBytes(lenient: namespace))).description
    }

    @Test(
        "The published examples come out",
        arguments: [
            // RFC 9562, appendix A.4.
            ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2"),
            // The documentation of Python's uuid module.
            ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d"),
            ("6ba7b811-9dad-11d1-80b4-00c04fd430c8", "http://python.org/", "4c565f0d-3f5a-5890-b41b-20cf47701c5e"),
        ]
    )
    func published(namespace: String, name: String, expected: String) throws {
        #expect(try uuid5(namespace, name) == expected)
    }

    /// SHA-1 pads to blocks of 64 bytes with a length of 8 bytes, so the lengths around 56 and 64 are the critical
    /// ones.
    ///
    /// The expected values are those of Python's `uuid.uuid5(uuid.NAMESPACE_DNS, "a" * (length - 16))`.
    @Test(
        "SHA-1 pads messages of every length rightly",
        arguments: [
            (16, "4ebd0208-8328-5d69-8c44-ec50939c0967"),
            (17, "4f3f2898-69e3-5a0d-820a-c4e87987dbce"),
            (54, "fa465dc7-82d5-5c3b-a5bb-9b8f3132a2b7"),
            (55, "5824f981-4282-59d4-9716-acb6d741350e"),
            (56, "39f39c20-db47-5131-8879-62f8f67f9014"),
            (62, "d43c6f37-ff7f-58cc-954b-cd40cbf61744"),
            (63, "660c273c-8a00-5941-b6f4-8d0afed88966"),
            (64, "7280cc42-274a-5c4a-91fc-ae23f853eeb7"),
            (65, "69349718-028b-5ff0-a00f-c024ded6e6ee"),
            (118, "10b0deb5-a301-5f69-8bd4-2f65401ea045"),
            (119, "1cf1b329-74b7-50b0-a819-28e28c61c775"),
            (120, "31477a3f-211d-5651-b3ce-be7c82999e70"),
            (127, "5a333448-30c7-569b-ab96-842bddfbe8ca"),
            (128, "ab683ad5-4de4-5faf-bf37-0788e34176da"),
            (129, "e266259e-d3b2-50cd-b9c3-a87855dfaa68"),
            (100_016, "7907800d-1f92-5a2b-bcb7-8efcd36527bd"),
        ]
    )
    func paddingBoundaries(messageLength: Int, expected: String) throws {
        let name = String(repeating: "a", count: messageLength - 16)
        #expect(try uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", name) == expected)
    }
}
