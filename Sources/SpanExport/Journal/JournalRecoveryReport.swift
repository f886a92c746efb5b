/// What was found in the journals of ended processes.
package struct JournalRecoveryReport: Sendable, Equatable {
    /// Ended spans that had not been delivered, and are in the buffer now.
    package var endedSpanCount = 0
    /// Spans that were open, and are in the buffer as failed.
    package var unfinishedSpanCount = 0
    /// Spans that cannot be sent: of another format than the destination's, or not whole.
    package var droppedSpanCount = 0
    /// Journals of which nothing could be read.
    package var droppedFileCount = 0
    /// Entries that are no journals of this user's, and were left alone.
    package var refusedFileCount = 0

    /// Whether there was nothing to find.
    package var isEmpty: Bool { self == JournalRecoveryReport() }
}
