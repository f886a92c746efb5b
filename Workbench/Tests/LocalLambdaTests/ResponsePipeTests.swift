import NIOCore
import Testing

@testable import LocalLambda

@Suite("A streamed response on its way", .timeLimit(.minutes(1)))
struct ResponsePipeTests {
    @Test("pieces come out in order, and then the end")
    func order() async {
        let pipe = ResponsePipe()
        pipe.begin(contentType: "text/plain")
        await pipe.send(ByteBuffer(string: "one"))
        await pipe.send(ByteBuffer(string: ""))
        await pipe.send(ByteBuffer(string: "two"))
        pipe.finish()
        #expect(await pipe.begins())
        #expect(pipe.contentType == "text/plain")
        #expect(await pipe.next() == ByteBuffer(string: "one"))
        #expect(await pipe.next() == ByteBuffer(string: "two"))
        #expect(await pipe.next() == nil)
    }

    @Test("an invocation that ends without a stream does not begin one")
    func noStream() async {
        let pipe = ResponsePipe()
        pipe.finish()
        #expect(await !pipe.begins())
        #expect(await pipe.next() == nil)
    }

    @Test(
        "the function waits while the caller is slow, and goes on when the caller reads or goes away",
        arguments: [true, false]
    )
    func backpressure(reads: Bool) async {
        let pipe = ResponsePipe()
        let big = ByteBuffer(repeating: 1, count: ResponsePipe.bufferLimitBytes)
        await withTaskGroup(of: String.self) { group in
            group.addTask {
                await pipe.send(big)
                return "sent"
            }
            group.addTask {
                // The chunk is in the buffer once the sender waits for capacity.
                while await !pipe.begins() {}
                if reads { _ = await pipe.next() } else { pipe.abandon() }
                return "made room"
            }
            pipe.begin(contentType: nil)
            #expect(await Set([group.next(), group.next()]) == ["sent", "made room"])
        }
        await pipe.send(ByteBuffer(repeating: 1, count: 10))
        pipe.finish()
        #expect(await pipe.next() == (reads ? ByteBuffer(repeating: 1, count: 10) : nil))
    }
}
