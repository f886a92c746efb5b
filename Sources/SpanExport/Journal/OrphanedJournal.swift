internal import Platform

/// The journal of an ended process, locked during the lifetime of this value, so that no other process recovers it.
struct OrphanedJournal: ~Copyable {
    private let directory: JournalDirectory
    private let name: String
    private let descriptor: Int32
    private let size: Int
    /// The time of the file's last modification, in seconds since the Unix epoch.
    ///
    /// Writes through the map may update it only when a page is first written.
    let modifiedUnixSeconds: Int

    enum Refusal: Error, Equatable {
        /// The journal's process is running, another process is recovering it, or it was removed.
        case inUse
        /// The entry is not a regular file of this user alone, or it is larger than a journal can be.
        case notAJournal
    }

    /// Locks a file if no other process has locked it.
    ///
    /// - Parameters:
    ///   - name: The file's name.
    ///   - directory: The directory of the journals.
    ///   - userID: The user who must own the file.
    /// - Throws: ``Refusal`` if the file cannot be recovered.
    init(_ name: String, in directory: JournalDirectory, userID: uid_t) throws(Refusal) {
        // Without O_NONBLOCK, opening a pipe would block.
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let file = openat(directory.descriptor, name, flags)
        guard file >= 0 else { throw errno == ENOENT ? .inUse : .notAJournal }
        do throws(Refusal) {
            _ = try Self.status(of: file, userID: userID)
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else { throw .inUse }
            // Another process may have removed the file before the lock was acquired.
            let status = try Self.status(of: file, userID: userID)
            self.directory = directory
            self.name = name
            descriptor = file
            size = Int(status.st_size)
            modifiedUnixSeconds = SystemCalls.modifiedUnixSeconds(status)
        } catch {
            close(file)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    private static func status(of file: Int32, userID: uid_t) throws(Refusal) -> stat {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .notAJournal }
        guard status.st_nlink > 0 else { throw .inUse }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o7777 == 0o600, status.st_uid == userID,
            status.st_nlink == 1, status.st_size <= CrashJournal.maximumBytes
        else { throw .notAJournal }
        return status
    }

    /// Records in the file that a recovery attempt starts.
    ///
    /// - Returns: The number of earlier attempts, each by a process that ended during it.
    func beginAttempt() -> Int {
        var count: UInt8 = 0
        let offset = JournalLayout.Head.attemptCount
        guard size > offset, pread(descriptor, &count, 1, offset) == 1 else { return 0 }
        defer {
            count = count < .max ? count + 1 : count
            _ = pwrite(descriptor, &count, 1, offset)
        }
        return Int(count)
    }

    /// Returns the file's head; fewer bytes if the file is shorter.
    func head() -> [UInt8] { read(min(size, JournalLayout.headBytes)) }

    /// True if nothing was written to the file.
    var isBlank: Bool { head().allSatisfy { $0 == 0 } }

    func read() -> [UInt8] { read(size) }

    /// Reads the file instead of mapping it, so that a file that is truncated meanwhile only yields fewer bytes.
    private func read(_ size: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let start = buffer.baseAddress {
                let piece = pread(descriptor, start + count, size - count, count)
                if piece < 0, errno == EINTR { continue }
                guard piece > 0 else { break }
                count += piece
            }
        }
    }

    /// Removes the file, or truncates it if it cannot be removed.
    consuming func remove() {
        if unlinkat(directory.descriptor, name, 0) != 0 { ftruncate(descriptor, 0) }
    }
}
