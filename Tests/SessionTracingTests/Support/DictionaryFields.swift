import Tracing

/// Reads and writes header fields of a dictionary, whose names it compares exactly.
struct DictionaryFields: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }

    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
}
