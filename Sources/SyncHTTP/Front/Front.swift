import Fanout
import HTTPTypes
import NIOCore
import ProjectSync

/// Answers plain requests at once, on the thread that read them, where memory has the answer. The rest goes HTTP's
/// ordinary way.
package final class Front: FrontDesk {
    private let responder: SyncResponder
    private let connections: HTTPConnections
    private let rules: ConnectionRules
    private var memory = AnswerMemory()
    /// A stream's head, as long as its Date is right.
    private var lastHead: (second: Int, bytes: ByteBuffer)?

    package init(_ responder: SyncResponder, _ connections: HTTPConnections, _ rules: ConnectionRules) {
        self.responder = responder
        self.connections = connections
        self.rules = rules
    }

    package func decide(_ bytes: UnsafeRawBufferPointer, from peer: ClientAddress) -> FrontDecision {
        if let known = memory.find(bytes), let answer = responder.warm(known.project), known.mark == .init(answer) {
            return .answer(known.parcel, length: bytes.count)
        }
        switch PlainRequest.read(bytes) {
        case .incomplete: return .incomplete
        case .other: return .adopt
        case .plain(let request):
            // What is too large is for the other way to refuse.
            let isFit = request.length <= rules.head_bytes && request.target.count <= rules.url_bytes
            return isFit ? decide(request, bytes, peer) : .adopt
        }
    }

    private func decide(
        _ request: PlainRequest, _ bytes: UnsafeRawBufferPointer, _ peer: ClientAddress
    ) -> FrontDecision {
        let target = String(decoding: request.target, as: UTF8.self)
        let host = String(decoding: request.host, as: UTF8.self)
        switch responder.decideNow(Asked(.get, target, request.headers, host: host)) {
        case .reply(let reply):
            return .answer(Parcel(reply.bytes), length: request.length)
        case .read(let project, let answer, let reply):
            let parcel = Parcel(reply.bytes)
            if request.length == bytes.count { memory.keep(bytes, project, .init(answer), parcel) }
            return .answer(parcel, length: request.length)
        case .stream(let subscription, let subject) where request.length == bytes.count:
            return .stream(subscription, responder.subscriber(at: peer, request.headers, subject))
        case .stream, .write, nil:
            return .adopt
        }
    }

    package func streamHead(_ terms: StreamTerms?) -> ByteBuffer {
        let second = WallTime.now.seconds
        let isUsual = terms?.origin == nil
        if isUsual, let lastHead, lastHead.second == second { return lastHead.bytes }
        let head = head(before: .retry(after: EventStreamResponse.retry), isAll: false, terms)
        if isUsual { lastHead = (second, head) }
        return head
    }

    package func refusal(_ refusal: StreamRefusal, of projects: [ProjectID], _ terms: StreamTerms?) -> ByteBuffer {
        if case .full = refusal {
            return head(before: .retry(after: EventStreamResponse.retryWhenFull), isAll: true, terms)
        }
        let reply = EventStreamResponse.refusal(refusal, of: projects, responder.gate, terms)
        return reply.bytes.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) }
    }

    package func tooSlow(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer {
        let reply = responder.gate.dressed(Refusal.tooSlow.lastReply(rules), for: HeadLines.origin(in: bytes))
        return reply.bytes.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) }
    }

    private func head(before frame: Frame, isAll: Bool, _ terms: StreamTerms?) -> ByteBuffer {
        var head = EventStreamResponse.head(responder.gate, terms)
        head.headerFields[.transferEncoding] = "chunked"
        var bytes = Reply.bytes(of: head)
        for part in Chunk([frame]).buffers + (isAll ? [Chunk.last] : []) { bytes.writeImmutableBuffer(part) }
        return bytes
    }

    package func adopt(_ descriptor: CInt, _ bytes: [UInt8]) {
        connections.adopt(descriptor, bytes)
    }
}
