import CLibpq

/// What a statement gave back. Columns come as the server's text; nothing is copied before it is asked for.
package final class Rows: Sendable {
    // libpq never changes a finished result, and frees it here only.
    private nonisolated(unsafe) let result: OpaquePointer

    package let count: Int
    package let columns: Int

    init(_ result: OpaquePointer) {
        self.result = result
        count = Int(PQntuples(result))
        columns = Int(PQnfields(result))
    }

    deinit {
        PQclear(result)
    }

    /// How many rows an INSERT, UPDATE, DELETE, MERGE or SELECT says it touched.
    package var affected: Int {
        Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Nil is SQL's NULL. The bytes are the server's UTF-8, and live no longer than the closure.
    package func withBytes<R>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
        precondition(row >= 0 && row < count && column >= 0 && column < columns, "no such field")
        guard PQgetisnull(result, Int32(row), Int32(column)) == 0 else { return try body(nil) }
        let length = Int(PQgetlength(result, Int32(row), Int32(column)))
        return try body(UnsafeRawBufferPointer(start: PQgetvalue(result, Int32(row), Int32(column)), count: length))
    }

    package func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        withBytes(row, column) { $0.map { [UInt8]($0) } }
    }

    package func string(_ row: Int, _ column: Int) -> String? {
        withBytes(row, column) { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    package func int64(_ row: Int, _ column: Int) -> Int64? {
        string(row, column).flatMap { Int64($0) }
    }

    /// For `xid8` and the bounds of a snapshot.
    package func uint64(_ row: Int, _ column: Int) -> UInt64? {
        string(row, column).flatMap { UInt64($0) }
    }

    package func bool(_ row: Int, _ column: Int) -> Bool? {
        string(row, column).map { $0 == "t" }
    }
}
