internal import Platform

/// The directory of a user's journals, with one file per running process or ended process with undelivered spans.
///
/// Only this user can create files in it, because it is owned by the user and closed to others. Its files are checked
/// nevertheless.
package final class JournalDirectory: Sendable {
    /// The maximum number of directory entries that are read.
    package static let maximumFileCount = 4_096
    static let namePrefix = "journal-"
    /// The maximum number of attempts to create a file: until it is locked, another process may take it for an orphaned
    /// one.
    private static let maximumCreationCount = 3

    let descriptor: Int32
    /// The user who must own the files.
    let userID: uid_t

    /// The default path, in the only directory that a function can write to.
    package static var defaultPath: String { "/tmp/traced-lambda-journal-\(geteuid())" }

    /// Opens a directory, and creates it if it does not exist.
    ///
    /// - Parameter path: The path; its last component must not be a link.
    /// - Throws: ``JournalProblem`` if the directory cannot be created, belongs to another user, or is accessible to
    ///   others.
    package convenience init(_ path: String = JournalDirectory.defaultPath) throws(JournalProblem) {
        try self.init(path, userID: geteuid())
    }

    init(_ path: String, userID: uid_t) throws(JournalProblem) {
        self.userID = userID
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw JournalProblem("the journal's directory cannot be created", code: errno)
        }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalProblem("the journal's directory cannot be opened", code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == userID, status.st_mode & 0o077 == 0 else {
            close(descriptor)
            throw JournalProblem("the journal's directory belongs to another user, or others may open it")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Creates and locks a new file.
    func create() throws(JournalProblem) -> (descriptor: Int32, name: String) {
        for _ in 0..<Self.maximumCreationCount {
            let name = "\(Self.namePrefix)\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 16))"
            let file = openat(descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw JournalProblem("the journal's file cannot be created", code: errno) }
            if fchmod(file, 0o600) == 0, flock(file, LOCK_EX | LOCK_NB) == 0, Self.linkCount(file) == 1 {
                return (file, name)
            }
            close(file)
            remove(name)
        }
        throw JournalProblem("the journal's file cannot be locked")
    }

    func remove(_ name: String) {
        unlinkat(descriptor, name, 0)
    }

    /// Returns the names of all journals, of running and of ended processes.
    func names() -> [String] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return [] }
        guard let stream = fdopendir(copy) else {
            close(copy)
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        for _ in 0..<Self.maximumFileCount {
            guard let entry = readdir(stream) else { break }
            let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
            }
            if name.hasPrefix(Self.namePrefix) { names.append(name) }
        }
        return names.sorted()
    }

    private static func linkCount(_ file: Int32) -> Int? {
        var status = stat()
        return fstat(file, &status) == 0 ? Int(status.st_nlink) : nil
    }
}
