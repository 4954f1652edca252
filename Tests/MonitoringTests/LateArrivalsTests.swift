import ProjectSync
import Testing

@testable import Monitoring

struct LateArrivalsTests {
    private var late = LateArrivals()

    @Test mutating func `an image of a transaction older than the emptying of its scene is late`() {
        #expect(late.note(Changes.change(.delete, session: 1, began: 2_000, at: 2_001, lost: [1: 7])) == 0)

        #expect(late.note(Changes.change(.insert, session: 2, began: 1_000, at: 2_500)) == 1)
        #expect(late.note(Changes.change(.update, session: 3, began: 1_999, at: 2_600)) == 1)
        #expect(late.note(Changes.change(.insert, session: 2, began: 3_000, at: 3_001)) == 0)
    }

    @Test mutating func `who empties a scene and fills it is not late`() {
        _ = late.note(Changes.change(.delete, session: 1, began: 1_000, at: 2_000, lost: [1: 7]))

        #expect(late.note(Changes.change(.insert, session: 1, began: 1_000, at: 2_001)) == 0)
    }

    @Test mutating func `another scene has not been emptied`() {
        _ = late.note(Changes.change(.delete, session: 1, began: 2_000, at: 2_001, scenes: [2], lost: [2: 7]))

        #expect(late.note(Changes.change(.insert, session: 2, began: 1_000, at: 2_500, scenes: [1, 3])) == 0)
    }

    @Test mutating func `the scenes that are remembered are bounded, and the newest are`() {
        for scene in 1...1_000 as ClosedRange<Int32> {
            let at = Int64(scene) + 10_000
            _ = late.note(Changes.change(.delete, began: at, at: at, scenes: [scene], lost: [scene: 1]))
        }

        #expect(late.note(Changes.change(.insert, session: 2, began: 1, at: 99_999, scenes: [1])) == 0)
        #expect(late.note(Changes.change(.insert, session: 2, began: 1, at: 99_999, scenes: [1_000])) == 1)
    }
}
