internal import Glibc

/// The directory of a user's journals: one file for each process that lives, or has ended with something undelivered.
///
/// Nobody else can put a file, a link or a pipe there, for it is the user's own and closed to others. What is found in it is
/// looked at all the same.
package final class JournalDirectory: Sendable {
    /// Entries beyond this count are not looked at.
    package static let maximumFileCount = 4_096
    static let namePrefix = "journal-"
    /// A process that looks for journals can take a new file for one that is left behind, until it is locked.
    private static let maximumCreationCount = 3

    let descriptor: Int32
    /// Whose files are taken.
    let userID: uid_t

    /// Where journals are unless a caller says otherwise: in the one directory that a function can write to.
    package static var defaultPath: String { "/tmp/traced-lambda-journal-\(geteuid())" }

    /// Opens a directory, and makes it when it is not there.
    ///
    /// - Parameter path: Its path; the last part must be no link.
    /// - Throws: ``JournalProblem`` when it is another user's, or open to others.
    package convenience init(_ path: String = JournalDirectory.defaultPath) throws(JournalProblem) {
        try self.init(path, userID: geteuid())
    }

    init(_ path: String, userID: uid_t) throws(JournalProblem) {
        self.userID = userID
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw JournalProblem("the journal's directory cannot be made", code: errno)
        }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalProblem("the journal's directory cannot be opened", code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == userID, status.st_mode & 0o077 == 0 else {
            close(descriptor)
            throw JournalProblem("the journal's directory is not this user's alone")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Creates and locks a file that no process has had before.
    func create() throws(JournalProblem) -> (descriptor: Int32, name: String) {
        for _ in 0..<Self.maximumCreationCount {
            let name = "\(Self.namePrefix)\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 16))"
            let file = openat(descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw JournalProblem("the journal's file cannot be made", code: errno) }
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

    /// The names of journals, of processes that live and of those that have ended.
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
