internal import Glibc

/// The owner of one TCP socket on the loopback interface; all calls block.
struct Socket: ~Copyable {
    let descriptor: Int32

    /// The number of bytes per read.
    private static let pieceBytes = 64 * 1024
    private static let backlog: Int32 = 16

    init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Binds a port of 127.0.0.1 chosen by the kernel without listening: connections are refused.
    static func bound() throws(SystemError) -> Socket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        let socket = Socket(owning: descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw SystemError("bind") }
        return socket
    }

    /// Listens on such a port.
    static func listener() throws(SystemError) -> Socket {
        let socket = try bound()
        guard listen(socket.descriptor, backlog) == 0 else { throw SystemError("listen") }
        return socket
    }

    /// Returns the socket's port.
    func localPort() throws(SystemError) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard result == 0 else { throw SystemError("getsockname") }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Waits for a connection.
    ///
    /// - Returns: The connection's descriptor, or nil if this socket was shut down.
    func accept() -> Int32? {
        while true {
            let peer = Glibc.accept(descriptor, nil, nil)
            if peer >= 0 {
                // A child process that inherits the socket would keep the connection open.
                _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
                return peer
            }
            guard errno == EINTR || errno == ECONNABORTED else { return nil }
        }
    }

    /// Sends all bytes.
    ///
    /// - Returns: False if the client closed the connection.
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        Array(bytes).withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress
                let sent = Glibc.send(descriptor, start, rest.count, Int32(MSG_NOSIGNAL))
                guard sent > 0 || (sent < 0 && errno == EINTR) else { return false }
                rest = rest.dropFirst(max(0, sent))
            }
            return true
        }
    }

    /// Waits for bytes.
    ///
    /// - Returns: The bytes; empty if the client closed or reset the connection.
    func receive() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
            var received: Int
            repeat {
                received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            } while received < 0 && errno == EINTR
            count = max(0, received)
        }
    }

    /// Waits until the client sends bytes or closes the connection, up to the given time.
    ///
    /// - Returns: True if one of the two happened.
    func hasNews(withinMilliseconds milliseconds: Int) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, Int32(clamping: milliseconds)) != 0
    }

    /// Makes the close a reset: the client loses unread data.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
