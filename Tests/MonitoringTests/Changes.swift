import ProjectSync

/// Changes as triggers announce them; times in milliseconds.
enum Changes {
    static func id(_ number: Int = 1) -> ProjectID? {
        let digits = String(number)
        return ProjectID("5ce4e000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits)
    }

    static func change(
        _ operation: Change.Operation, of project: ProjectID? = id(), session: Int32 = 1, began: Int64, at: Int64,
        rows: Int = 1, scenes: [Int32] = [1], lost: [Int32: Int64] = [:]
    ) -> Change {
        let images =
            operation == .delete
            ? [] : scenes.map { Image(place: Place(scene: $0, image: 0), url: ImageURL("https://e.com/a")) }
        let gone = operation == .delete ? scenes.map { Place(scene: $0, image: 0) } : []
        return Change(
            operation: operation, project: project, xid: 100, n: 1, statementTime_microseconds: at * 1_000,
            transactionTime_microseconds: began * 1_000, backendPID: session, rows: rows,
            effect: .images(set: images, gone: gone, lost: lost))
    }
}
