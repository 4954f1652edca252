import ProjectSync
import Synchronization

/// What the database's row security lets callers read: asked once for all who want to know at one time, and again when the
/// answer has become old.
package final class RowSecurity: Sendable {
    private let database: any ProjectGuard
    private let memory: Mutex<RightsMemory>
    private let questions: AsyncStream<RightsMemory.Key>
    private let question: AsyncStream<RightsMemory.Key>.Continuation

    /// `interval`: how long an answer counts.
    package init(_ database: any ProjectGuard, interval: Duration) {
        self.database = database
        memory = Mutex(RightsMemory(interval: interval))
        (questions, question) = AsyncStream.makeStream()
    }

    /// Asks, until it is cancelled. No request's own end is the end of a question that others wait for.
    package func run() async {
        await withDiscardingTaskGroup { tasks in
            for await key in questions {
                tasks.addTask { self.settle(key, await self.database.mayRead(key.caller, key.project)) }
            }
        }
    }

    /// What is known without asking.
    func known(_ caller: Caller, _ project: ProjectID) -> RightToRead? {
        memory.withLock { $0.find(.init(caller: caller, project: project), now: .now)?.right }
    }

    func right(_ caller: Caller, _ project: ProjectID) async -> RightToRead {
        await withCheckedContinuation { continuation in
            ask(caller, project) { continuation.resume(returning: $0.right) }
        }
    }

    /// Calls back once, perhaps at once.
    func ask(_ caller: Caller, _ project: ProjectID, _ answer: @escaping RightsMemory.Waiter) {
        let key = RightsMemory.Key(caller: caller, project: project)
        let (known, isNew) = memory.withLock { memory -> (RightsMemory.Verdict?, Bool) in
            if let known = memory.find(key, now: .now) { return (known, false) }
            return (nil, memory.wait(key, now: .now, answer))
        }
        if let known { return answer(known) }
        if isNew { question.yield(key) }
    }

    private func settle(_ key: RightsMemory.Key, _ right: RightToRead) {
        guard let (verdict, waiters) = memory.withLock({ $0.answer(key, right) }) else { return }
        for waiter in waiters { waiter(verdict) }
    }
}
