/// The preparation for the next flush that can run while the handler runs.
package enum ExportPreparation: Sendable {
    /// None: the connection is open, or all connections are in use.
    case none
    /// Open a connection: there is none, or it may be stale.
    case connect
    /// Probe a collector that has not answered, because a probe is due.
    case probe
}
