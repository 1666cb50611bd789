/// A queue in an array: the front is an index, and the space before it is given back now and then, so that
/// a steady load neither allocates nor moves elements one by one.
struct FIFO<Element> {
    private var elements: [Element] = []
    private var front = 0

    var count: Int { elements.count - front }
    var isEmpty: Bool { front == elements.count }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard front < elements.count else { return nil }
        let element = elements[front]
        front += 1
        if front == elements.count {
            elements.removeAll(keepingCapacity: true)
            front = 0
        } else if front >= 1024, front * 2 >= elements.count {
            elements.removeFirst(front)
            front = 0
        }
        return element
    }

    /// The element `offset` places behind the front, 0 being the front.
    subscript(offset: Int) -> Element {
        get { elements[front + offset] }
        set { elements[front + offset] = newValue }
    }
}
