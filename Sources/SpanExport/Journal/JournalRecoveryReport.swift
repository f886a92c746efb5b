/// The result of a journal recovery.
package struct JournalRecoveryReport: Sendable, Equatable {
    /// The number of ended, undelivered spans appended to the buffer.
    package var endedSpanCount = 0
    /// The number of open spans appended to the buffer as failed.
    package var unfinishedSpanCount = 0
    /// The number of spans that cannot be sent, because their format differs from the destination's or they are
    /// incomplete.
    package var droppedSpanCount = 0
    /// The number of unreadable journals.
    package var droppedFileCount = 0
    /// The number of entries that were ignored, because they are not journals of this user.
    package var refusedFileCount = 0

    package var isEmpty: Bool { self == JournalRecoveryReport() }
}
