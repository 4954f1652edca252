import CLinux
import Glibc
import NIOCore
import ProjectSync
import Synchronization

extension ReactorLoop {
    func serve(_ key: ConnectionKey, _ events: UInt32) {
        if events & EPOLLOUT.rawValue != 0 { sendRest(key) }
        if events & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { receive(key) }
    }

    private func receive(_ key: ConnectionKey) {
        guard case .socket(let descriptor)? = connections[key]?.way else { return }
        let count = recv(descriptor, scratch.baseAddress, scratch.count, CInt(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else {
            // Who has closed one side may still read the rest of an answer, but waits for no event.
            let isAnswered = count == 0 && connections[key]?.isStream == false
            return isAnswered ? closeWhenSent(key) : close(key)
        }
        connections[key]?.lastActive = second
        guard connections[key]?.isStream == false else {
            connections[key]?.isUnheard = true
            return
        }
        let bytes = UnsafeRawBufferPointer(rebasing: scratch[..<count])
        guard let seen = connections[key]?.input.count, seen > 0 else {
            connections[key]?.inputSince = second
            return answer(key, bytes)
        }
        connections[key]?.input.append(contentsOf: bytes)
        let isTooLong = seen + count > house.rules.head_bytes
        if isTooLong || connections[key].map({ HeadEnd.mayBe(in: $0.input, after: seen) }) == true { answerInput(key) }
    }

    /// Answers the requests that have been read and kept.
    private func answerInput(_ key: ConnectionKey) {
        guard let input = connections[key]?.input, !input.isEmpty else { return }
        connections[key]?.input = []
        input.withUnsafeBytes { answer(key, $0) }
    }

    /// Ends a connection whose request takes too long to come, byte by byte.
    func endIfSlow(_ key: ConnectionKey) -> Bool {
        guard let connection = connections[key], !connection.input.isEmpty, connection.unsent == nil,
            !connection.isClosing, second &- connection.inputSince > UInt32(house.rules.head_seconds)
        else { return false }
        house.counters.slowRequests.wrappingAdd(1, ordering: .relaxed)
        transmit(Parcel([connection.input.withUnsafeBytes { desk.tooSlow($0) }]), to: key)
        closeWhenSent(key)
        return true
    }

    /// Ends a connection whose other end does not answer any more. It takes a call of the system each time, which is why
    /// only some are looked at each second.
    func endIfVanished(_ key: ConnectionKey) -> Bool {
        let period = UInt32(PeerSilence.period_seconds)
        guard isTurn(of: key, every: period), case .socket(let descriptor)? = connections[key]?.way,
            PeerSilence(of: descriptor)?.isForEver == true
        else { return false }
        house.counters.vanished.wrappingAdd(1, ordering: .relaxed)
        close(key)
        return true
    }

    /// Answers the requests at the beginning of `bytes`, one after the other (RFC 9112, section 9.3.2), and keeps what
    /// has to wait.
    private func answer(_ key: ConnectionKey, _ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            guard connections[key]?.unsent == nil, connections[key]?.isClosing == false else { break }
            switch desk.decide(rest, from: connections[key]?.peer ?? .unknown) {
            case .incomplete where rest.count <= house.rules.head_bytes:
                connections[key]?.input = Array(rest)
                return
            case .incomplete, .adopt:
                return adopt(key, Array(rest))
            case .answer(let parcel, let length):
                transmit(parcel, to: key)
                house.counters.answersAtOnce.wrappingAdd(1, ordering: .relaxed)
                if isDraining { closeWhenSent(key) }
                rest = UnsafeRawBufferPointer(rebasing: rest[length...])
                connections[key]?.inputSince = second
            case .stream(let subscription, let subscriber):
                return open(subscription, for: subscriber, key)
            }
        }
        if !rest.isEmpty { connections[key]?.input = Array(rest) }
    }

    private func adopt(_ key: ConnectionKey, _ bytes: [UInt8]) {
        guard case .socket(let descriptor)? = connections.remove(key)?.way else { return }
        watch(descriptor, key, EPOLL_CTL_DEL, EPOLLIN)
        desk.adopt(descriptor, bytes)
    }

    // What goes out.

    /// Whether it takes something now.
    func isWritable(_ key: ConnectionKey) -> Bool {
        guard case .part(let joint, let index)? = connections[key]?.way else { return connections[key]?.unsent == nil }
        return joint.isTold(index) && connections[joint.key]?.unsent == nil
    }

    /// Sends a parcel, or what of it the socket takes. What it does not take follows once it does.
    func transmit(_ parcel: Parcel, to key: ConnectionKey) {
        guard let way = connections[key]?.way else { return }
        if case .part(let joint, _) = way { return transmit(parcel, to: joint.key) }
        house.counters.bytes.wrappingAdd(parcel.size_bytes, ordering: .relaxed)
        switch way {
        case .channel(let outlet):
            connections[key]?.unsent = Unsent(parcel: parcel, sent: 0)
            outlet.write(parcel.rest(from: 0))
        case .socket(let descriptor):
            if let unsent = connections[key]?.unsent {
                // Last words, behind what is still to leave.
                let all = Parcel(unsent.parcel.rest(from: unsent.sent) + parcel.rest(from: 0))
                connections[key]?.unsent = Unsent(parcel: all, sent: 0)
                return follow(key)
            }
            switch parcel.send(to: descriptor) {
            case .taken(parcel.size_bytes):
                break
            case .taken(let count):
                connections[key]?.unsent = Unsent(parcel: parcel, sent: count)
                follow(key)
            case .failed:
                close(key)
            }
        case .part:
            break
        }
    }

    private func sendRest(_ key: ConnectionKey) {
        guard case .socket(let descriptor)? = connections[key]?.way, let unsent = connections[key]?.unsent else {
            return
        }
        switch unsent.parcel.send(to: descriptor, from: unsent.sent) {
        case .taken(let count):
            connections[key]?.unsent?.sent += count
            if count > 0 { connections[key]?.lastActive = second }
            if unsent.sent + count == unsent.parcel.size_bytes { taken(key) }
        case .failed:
            close(key)
        }
    }

    /// Everything has been taken: time for what has waited.
    func taken(_ key: ConnectionKey) {
        connections[key]?.unsent = nil
        if connections[key]?.isClosing == true { return close(key) }
        if connections[key]?.isStream == true {
            catchUp(key)
        } else {
            // Until now it was us that the rest of a request would have waited for.
            connections[key]?.inputSince = second
            answerInput(key)
        }
        follow(key)
    }

    /// Waits for what matters now: who does not take our answer is not asked for more requests.
    private func follow(_ key: ConnectionKey) {
        guard case .socket(let descriptor)? = connections[key]?.way, let connection = connections[key] else { return }
        let wantsInput = connection.unsent == nil || connection.isStream
        let events = (wantsInput ? EPOLLIN.rawValue : 0) | (connection.unsent == nil ? 0 : EPOLLOUT.rawValue)
        watch(descriptor, key, EPOLL_CTL_MOD, EPOLL_EVENTS(events))
    }

    // Ends.

    func closeWhenSent(_ key: ConnectionKey) {
        guard connections[key]?.unsent != nil else { return close(key) }
        connections[key]?.isClosing = true
    }

    func close(_ key: ConnectionKey) {
        leave(key)
        switch connections.remove(key)?.way {
        case .socket(let descriptor): Glibc.close(descriptor)
        case .channel(let outlet): outlet.end()
        case .part, nil: break
        }
    }
}
