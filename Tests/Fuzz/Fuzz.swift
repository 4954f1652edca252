import FuzzReaders
import Glibc

/// What SwiftPM has the program begin with; libFuzzer's own `main` is passed over. `Fuzz` prints the readers' names;
/// `Fuzz READER FOLDER …` tries the one that is named, with what libFuzzer is told.
@_cdecl("Fuzz_main")
public func begin(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    let given = (0..<Int(count)).compactMap { arguments[$0].map { String(cString: $0) } }
    guard given.count > 2, let reader = Reader(rawValue: given[1]) else {
        print(Reader.allCases.map(\.rawValue).joined(separator: "\n"))
        return given.count > 1 ? 64 : 0
    }
    fuzzed = reader
    guard let words = Corpus(reader).write(to: given[2]) else { return 1 }
    var told: [UnsafeMutablePointer<CChar>?] = ([given[0], given[2], "-dict=\(words)"] + given[3...]).map { strdup($0) }
    return told.withUnsafeMutableBufferPointer { told in
        var (count, start) = (CInt(told.count), told.baseAddress)
        return runDriver(&count, &start, testOneInput)
    }
}

/// What libFuzzer calls with each input. It takes the end of the process for a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do { try fuzzed.read(Array(UnsafeBufferPointer(start: start, count: count))) } catch { fatalError("\(error)") }
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

// libFuzzer runs on the one thread that began.
private nonisolated(unsafe) var fuzzed = Reader.payload
