import HTTPTypes
import NIOCore
import ProjectSync

/// The answer to a read, in the form that the client takes.
struct ReadReply {
    /// What of the project is read.
    enum Part {
        case project
        case scenes
    }

    /// So much is compressed while others wait.
    private static let quick_bytes = 256 << 10

    private let answer: Answer
    private let plain: ByteBuffer
    private let compressed: CompressedForm

    init(_ part: Part, _ answer: Answer) {
        self.answer = answer
        switch part {
        case .project: (plain, compressed) = (answer.body.project, answer.body.compressedProject)
        case .scenes: (plain, compressed) = (answer.body.scenes, answer.body.compressedScenes)
        }
    }

    /// nil if a large body is still to be compressed for it.
    func quickReply(to headers: HTTPFields) -> Reply? {
        let isSlow = compressed.size_bytes == 0 && plain.readableBytes > Self.quick_bytes
        return isSlow && ReadHeaders.acceptsGzip(headers) && !isKnown(to: headers) ? nil : reply(to: headers)
    }

    func reply(to headers: HTTPFields) -> Reply {
        let takesGzip = ReadHeaders.acceptsGzip(headers)
        if isKnown(to: headers) { return Reply(status: .notModified, headers: fields(isCompressed: takesGzip)) }
        let form = takesGzip ? compressed.ready(orMake: { Gzip.compress(plain) }) : nil
        return Reply(headers: fields(isCompressed: form != nil), body: form ?? plain)
    }

    private func isKnown(to headers: HTTPFields) -> Bool {
        ReadHeaders.matches(headers, answer.body.revision)
    }

    private func fields(isCompressed: Bool) -> HTTPFields {
        ReadHeaders.fields(for: answer, isCompressed: isCompressed, now: .now)
    }
}
