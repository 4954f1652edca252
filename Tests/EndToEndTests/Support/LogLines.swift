import Synchronization

/// The lines that a process has written so far.
final class LogLines: Sendable {
    private struct State {
        var lines: [String] = []
        var openReaders = 0
        var waiters:
            [UInt64: (test: @Sendable (String) -> Bool, continuation: CheckedContinuation<String, any Error>)] =
                [:]
        var lastID: UInt64 = 0
    }

    private let state = Mutex(State())

    var all: [String] {
        state.withLock { $0.lines }
    }

    /// Reads until the process closes its end.
    func read(_ descriptor: Descriptor) {
        state.withLock { $0.openReaders += 1 }
        Task {
            var rest: [UInt8] = []
            let never = ContinuousClock.now + .seconds(86_400)
            while let more = try? await descriptor.read(until: never), !more.isEmpty {
                rest += more
                var parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                rest = parts.popLast().map(Array.init) ?? []
                for part in parts { add(String(decoding: part, as: UTF8.self)) }
            }
            end()
        }
    }

    /// The first line, past or to come, that passes `test`; throws what was written if the process ends before.
    func first(within limit: Duration, _ test: @escaping @Sendable (String) -> Bool) async throws -> String {
        let id = state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            fail(id, .timedOut)
        }
        defer { timer.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            let result: Result<String, TransportError>? = state.withLock {
                if let line = $0.lines.first(where: test) { return .success(line) }
                if $0.openReaders == 0 { return .failure(.closed($0.lines.joined(separator: "\n"))) }
                $0.waiters[id] = (test, continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }

    private func add(_ line: String) {
        let found = state.withLock { state in
            state.lines.append(line)
            let found = state.waiters.filter { $0.value.test(line) }
            for id in found.keys { state.waiters[id] = nil }
            return found.values.map(\.continuation)
        }
        for continuation in found { continuation.resume(returning: line) }
    }

    private func end() {
        let (text, ids) = state.withLock {
            $0.openReaders -= 1
            return ($0.lines.joined(separator: "\n"), $0.openReaders == 0 ? Array($0.waiters.keys) : [])
        }
        for id in ids { fail(id, .closed(text)) }
    }

    private func fail(_ id: UInt64, _ error: TransportError) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume(throwing: error)
    }
}
