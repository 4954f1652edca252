/// First in, first out, at a constant price.
struct Queue<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }
    var count: Int { elements.count - head }

    var first: Element? {
        get { isEmpty ? nil : elements[head] }
        set {
            guard let newValue, !isEmpty else { return }
            elements[head] = newValue
        }
    }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func removeFirst() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            head += 1
            if head > 64, head * 2 > elements.count {
                elements.removeFirst(head)
                head = 0
            }
        }
        let first = elements[head]
        elements[head] = nil
        return first
    }
}
