import Fanout
import NIOCore
import ProjectSync

/// Finds where requests begin and end in what a client sends over HTTP/1.1, and lets nothing through that is not certain.
///
/// Behind it there is a parser that forgives more: what it is given has been read here first, whole heads and chunks of
/// one shape, so that nobody can have two readers see different requests.
struct RequestFramer {
    enum Step {
        /// To be passed on.
        case pass(ByteBuffer)
        /// More has to come first.
        case wait
        case refuse(Refusal)
    }

    private enum Part {
        /// So many bytes of a head have been looked at.
        case head(seen: Int)
        case body(rest: Int)
        case chunkSize
        case chunk(rest: Int)
        case chunkEnd
        /// What follows the last chunk's size.
        case lastEnd
    }

    private static let longestSize = 8

    private let rules: ConnectionRules
    private var part = Part.head(seen: 0)
    private var body_bytes = 0

    init(_ rules: ConnectionRules) {
        self.rules = rules
    }

    /// Whether no request is under way.
    var isBetween: Bool {
        if case .head = part { true } else { false }
    }

    /// Takes from the beginning of `input` what can be decided.
    mutating func next(_ input: inout ByteBuffer) -> Step {
        guard input.readableBytes > 0 else { return .wait }
        do throws(Refusal) {
            switch part {
            case .head(let seen): return try head(&input, seen)
            case .body(let rest): return .pass(take(&input, rest) { $0 == 0 ? .head(seen: 0) : .body(rest: $0) })
            case .chunk(let rest): return .pass(take(&input, rest) { $0 == 0 ? .chunkEnd : .chunk(rest: $0) })
            case .chunkSize: return try chunkSize(&input)
            case .chunkEnd: return try end(&input, then: .chunkSize)
            case .lastEnd: return try end(&input, then: .head(seen: 0))
            }
        } catch {
            return .refuse(error)
        }
    }

    private mutating func take(_ input: inout ByteBuffer, _ rest: Int, _ next: (Int) -> Part) -> ByteBuffer {
        let count = min(rest, input.readableBytes)
        part = next(rest - count)
        return input.readSlice(length: count) ?? ByteBuffer()
    }

    private mutating func head(_ input: inout ByteBuffer, _ seen: Int) throws(Refusal) -> Step {
        let limit = rules.head_bytes
        guard let end = try Self.end(of: input, after: seen, limit) else {
            part = .head(seen: min(input.readableBytes, limit))
            return .wait
        }
        let result = input.withUnsafeReadableBytes { [rules] bytes -> Result<RequestHead, Refusal> in
            do throws(Refusal) {
                return .success(try RequestHead.read(UnsafeRawBufferPointer(rebasing: bytes[..<end]), rules))
            } catch {
                return .failure(error)
            }
        }
        let head = try result.get()
        body_bytes = 0
        switch head.body {
        case .bytes(0): part = .head(seen: 0)
        case .bytes(let count):
            guard count <= rules.body_bytes else { throw .bodyTooLarge }
            part = .body(rest: count)
        case .chunked: part = .chunkSize
        }
        let whole = input.readSlice(length: end) ?? ByteBuffer()
        return .pass(Self.passed(head, whole))
    }

    /// Where the empty line ends; nil if it has not come. A line that ends otherwise than with CR and LF is refused at once.
    private static func end(of input: ByteBuffer, after seen: Int, _ limit: Int) throws(Refusal) -> Int? {
        let lastSeen = max(0, seen - 3)
        let result = input.withUnsafeReadableBytes { bytes -> Result<Int?, Refusal> in
            // What begins with these is no request of HTTP/1, and would be waited for in vain.
            if let first = bytes.first, !RequestHead.isTokenCharacter(first) {
                return .failure(.malformed("A request begins with its method."))
            }
            for position in lastSeen..<min(bytes.count, limit) {
                let isEnd = bytes[position] == UInt8(ascii: "\n")
                let isBehindCR = position > 0 && bytes[position - 1] == UInt8(ascii: "\r")
                guard isEnd == isBehindCR else { return .failure(.malformed("A line ends with CR and LF.")) }
                if isEnd, position >= 3, bytes[position - 2] == UInt8(ascii: "\n") { return .success(position + 1) }
            }
            return bytes.count >= limit ? .failure(.headTooLarge) : .success(nil)
        }
        return try result.get()
    }

    /// What those behind are to read of a head.
    private static func passed(_ head: RequestHead, _ bytes: ByteBuffer) -> ByteBuffer {
        if head.dropped.isEmpty, !head.isLast { return bytes }
        var kept = ByteBuffer()
        var position = 0
        let emptyLine = bytes.readableBytes - 2
        for range in head.dropped + [emptyLine..<emptyLine] {
            kept.writeImmutableBuffer(
                bytes.getSlice(at: bytes.readerIndex + position, length: range.lowerBound - position) ?? ByteBuffer())
            position = range.upperBound
        }
        kept.writeStaticString(head.isLast ? "Connection: close\r\n\r\n" : "\r\n")
        return kept
    }

    /// Digits alone: nothing that an extension could hide.
    private mutating func chunkSize(_ input: inout ByteBuffer) throws(Refusal) -> Step {
        let line = input.readableBytesView.prefix(Self.longestSize + 2)
        guard let end = line.firstIndex(of: UInt8(ascii: "\n")) else {
            let isEndless = line.count == Self.longestSize + 2
            guard !isEndless, line.allSatisfy({ HexDigit.value(of: $0) != nil || $0 == UInt8(ascii: "\r") }) else {
                throw .malformed("A chunk begins with its size in hexadecimal digits, and nothing else.")
            }
            return .wait
        }
        let digits = line[..<end].dropLast()
        guard line[..<end].last == UInt8(ascii: "\r"), !digits.isEmpty,
            digits.allSatisfy({ HexDigit.value(of: $0) != nil }),
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw .malformed("A chunk begins with its size in hexadecimal digits, and nothing else.") }
        body_bytes += size
        guard body_bytes <= rules.body_bytes else { throw .bodyTooLarge }
        part = size == 0 ? .lastEnd : .chunk(rest: size)
        return .pass(input.readSlice(length: digits.count + 2) ?? ByteBuffer())
    }

    /// CR and LF; behind the last chunk's size they are the end, as trailers are not taken.
    private mutating func end(_ input: inout ByteBuffer, then next: Part) throws(Refusal) -> Step {
        let end = Array(input.readableBytesView.prefix(2))
        guard end.first == UInt8(ascii: "\r"), end.count < 2 || end[1] == UInt8(ascii: "\n") else {
            throw .malformed("A chunk ends with CR and LF, and the last one with no trailer.")
        }
        guard end.count == 2 else { return .wait }
        part = next
        return .pass(input.readSlice(length: 2) ?? ByteBuffer())
    }
}
