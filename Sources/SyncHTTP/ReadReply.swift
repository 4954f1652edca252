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

    func reply(to headers: HTTPFields) -> Reply {
        let form = ReadHeaders.acceptsGzip(headers) ? compressed.ready(orMake: { Gzip.compress(plain) }) : nil
        let fields = ReadHeaders.fields(for: answer, isCompressed: form != nil, now: .now)
        if ReadHeaders.matches(headers, answer.body.revision) { return Reply(status: .notModified, headers: fields) }
        return Reply(headers: fields, body: form ?? plain)
    }
}
