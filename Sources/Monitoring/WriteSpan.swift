/// A write transaction, taken to have been open from its start to its announcement, in microseconds of one clock.
package struct WriteSpan: Equatable, Sendable {
    /// The pid of its server process.
    package let session: Int32
    package var began: Int64
    package var ended: Int64
    package var rows: Int

    package func moved(by microseconds: Int64) -> WriteSpan {
        WriteSpan(session: session, began: began + microseconds, ended: ended + microseconds, rows: rows)
    }
}
