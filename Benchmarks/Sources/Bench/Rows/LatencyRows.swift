/// Measures the time that the flush adds to the first and to later invocations of a process, with a collector over
/// HTTPS at a round trip of 20 ms.
enum LatencyRows: RowGroup {
    static let name = "latency"

    static let roundTripMilliseconds: Int64 = 20
    /// Handlers that end at once, and handlers that leave time to open a connection concurrently.
    private static let handlerMilliseconds = [0, 100]
    private static let laterCount = 6

    static func row(_ which: String, handler: Int) -> String {
        "flush to HTTPS at \(roundTripMilliseconds) ms adds, handler of \(handler) ms, \(which)"
    }

    static func measure(in site: Site) throws -> [Row] {
        let identity = try TLSIdentity(
            certificate: "\(site.directory)/authority/server.crt",
            key: "\(site.directory)/authority/server.key"
        )
        return try handlerMilliseconds.flatMap { try measure(handler: $0, identity: identity, in: site) }
    }

    private static func measure(handler: Int, identity: TLSIdentity, in site: Site) throws -> [Row] {
        var first: [Subject.Name: [Double]] = [:]
        var later: [Subject.Name: [Double]] = [:]
        for _ in 0..<site.count(10, quick: 4) {
            for name in [Subject.Name.ours, .untraced] {
                let walls = try walls(of: try site.subject(name), handler: handler, identity: identity, in: site)
                first[name, default: []].append(walls[0])
                later[name, default: []] += walls.dropFirst()
            }
        }
        return [("first invocation", first), ("later invocations", later)].flatMap { which, walls in
            // Subtract the time of the same invocation without tracing.
            let handlerAlone = Summary(walls[.untraced] ?? []).median
            var row = Row(name: row(which, handler: handler), unit: "ms")
            let added = Summary((walls[.ours] ?? []).map { $0 - handlerAlone })
            row[.ours] = added
            var roundTrips = Row(name: "the same in round trips", unit: "")
            roundTrips[.ours] = Summary(added.median / Double(roundTripMilliseconds))
            return [row, roundTrips]
        }
    }

    private static func walls(
        of subject: Subject,
        handler: Int,
        identity: TLSIdentity,
        in site: Site
    ) throws -> [Double] {
        let sink = Sink()
        let roundTrip = roundTripMilliseconds * Clock.nanosecondsPerMillisecond
        let port = try site.poller.listen(sink, identity: identity, roundTrip: roundTrip)
        defer { site.poller.forget(sink) }
        let function = try Function(subject, in: site, sinkURL: "https://127.0.0.1:\(port)")
        _ = try function.start()
        let event = handler == 0 ? Events.small : Events.sleeping(milliseconds: handler)
        let walls = try (0...laterCount).map { _ in try function.invoke(event).wall.milliseconds }
        guard sink.exportCount == (subject.name == .ours ? walls.count : 0) else {
            throw BenchError("\(sink.exportCount) exports of \(walls.count) invocations over HTTPS")
        }
        return walls
    }
}
