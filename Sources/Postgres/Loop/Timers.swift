/// What is due when: a heap, from which a cancelled job disappears once its time has come.
package struct Timers {
    package typealias Job = @Sendable () -> Void

    private var heap: [(due: ContinuousClock.Instant, id: UInt64)] = []
    private var jobs: [UInt64: Job] = [:]

    package init() {}

    package mutating func add(_ id: UInt64, due: ContinuousClock.Instant, _ job: @escaping Job) {
        jobs[id] = job
        heap.append((due, id))
        siftUp(from: heap.count - 1)
    }

    package mutating func cancel(_ id: UInt64) {
        jobs[id] = nil
        // A second's queries with a minute's deadline each would leave a minute's worth of entries.
        if heap.count > 64, heap.count > 4 * jobs.count {
            let left = heap.filter { jobs[$0.id] != nil }
            heap = []
            for entry in left {
                heap.append(entry)
                siftUp(from: heap.count - 1)
            }
        }
    }

    package mutating func next() -> ContinuousClock.Instant? {
        while let first = heap.first, jobs[first.id] == nil {
            removeFirst()
        }
        return heap.first?.due
    }

    package mutating func removeDue(at now: ContinuousClock.Instant) -> [Job] {
        var due: [Job] = []
        while let next = next(), next <= now {
            if let job = jobs.removeValue(forKey: heap[0].id) {
                due.append(job)
            }
            removeFirst()
        }
        return due
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isEarlier(child, least) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private mutating func siftUp(from last: Int) {
        var child = last
        while child > 0, isEarlier(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func isEarlier(_ one: Int, _ other: Int) -> Bool {
        (heap[one].due, heap[one].id) < (heap[other].due, heap[other].id)
    }
}
