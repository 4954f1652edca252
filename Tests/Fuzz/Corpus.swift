import FuzzReaders
import Glibc

/// What libFuzzer begins with: a reader's examples, each a file, and a dictionary of what means something to it.
struct Corpus {
    private let reader: Reader

    init(_ reader: Reader) {
        self.reader = reader
    }

    /// Where the dictionary is; nil if something cannot be written.
    func write(to folder: String) -> String? {
        for (number, example) in reader.examples.enumerated() {
            guard Self.write(example, to: "\(folder)/example-\(number)") else { return nil }
        }
        let path = folder + ".words"
        return Self.write(reader.words.map(Self.entry).joined(), to: path) ? path : nil
    }

    /// One line of a dictionary.
    private static func entry(_ word: String) -> String {
        let bytes = word.utf8.prefix(64).map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "\"\(bytes.joined())\"\n"
    }

    private static func write(_ text: String, to path: String) -> Bool {
        guard let file = fopen(path, "w") else {
            perror(path)
            return false
        }
        let count = fwrite(text, 1, text.utf8.count, file)
        return fclose(file) == 0 && count == text.utf8.count
    }
}
