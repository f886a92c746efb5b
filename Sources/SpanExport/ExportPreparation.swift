/// What can be done for the next flush while there is time.
package enum ExportPreparation: Sendable {
    /// The connection is there, or all are in use.
    case none
    /// There is no connection, or none to be trusted.
    case connect
    /// The collector has not answered for a while, and it is time to ask whether it is back.
    case probe
}
