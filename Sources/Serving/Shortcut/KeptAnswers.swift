import NIOCore

/// The requests whose answers are kept: the oldest make room for others.
struct KeptAnswers {
    private var requests = CircularBuffer<ListRequest>()
    private var bytes = 0
    private let capacity: Int

    /// So many bytes of answers are kept, those included that are not copied but shared with a list.
    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func keep(_ answer: ListRequest.Kept, of request: ListRequest) {
        if let old = request.answer { bytes -= old.answer.size } else { requests.append(request) }
        request.answer = answer
        bytes += answer.answer.size
        while bytes > capacity, let oldest = requests.popFirst() { forget(oldest) }
    }

    mutating func removeAll() {
        while let oldest = requests.popFirst() { forget(oldest) }
    }

    private mutating func forget(_ request: ListRequest) {
        bytes -= request.answer?.answer.size ?? 0
        request.answer = nil
    }
}
