import Glibc
import NIOCore

/// An error of a server or client on the loopback interface.
package struct LoopbackError: Error, Sendable, CustomStringConvertible {
    /// The reason, for people.
    package let reason: String

    /// The reason, for people.
    package var description: String { reason }
}

extension LoopbackError {
    /// The error of a server that cannot listen, with the port, the cause and the remedy.
    init(cannotListenOn port: Int, _ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            let owner = PortOwner.find(port: port).map { " by \($0)" } ?? ""
            self.init(reason: "port \(port) is in use\(owner); end that program, or choose another port with --port")
        case EACCES:
            self.init(reason: "port \(port) is not allowed for this user; choose one above 1023 with --port")
        default:
            self.init(reason: "cannot listen on 127.0.0.1:\(port): \(error); choose another port with --port")
        }
    }
}
