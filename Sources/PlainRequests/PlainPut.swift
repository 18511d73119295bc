package import NIOCore

/// A PUT of HTTP/1.1 with the length of its body, as clients send small ones: a few of its fields, and the body.
package struct PlainPut: Sendable {
    /// Names in lower case and values, in order, without the white space around them.
    package let fields: [(name: String, value: String)]
    package let body: ByteBuffer

    /// Reads one whole request, whose form and length were checked before.
    ///
    /// nil for one with another target, with a foreign field, or with a kept one in other than ASCII.
    package init?(_ request: ByteBuffer, to target: String, _ fields: OutlineFields) {
        guard request.readableBytesView.starts(with: "PUT ".utf8), let head = HeadExcerpt(of: request, fields),
            let text = ExcerptText(head.lines), text.target == target,
            let body = request.getSlice(
                at: request.readerIndex + head.end, length: request.readableBytes - head.end)
        else { return nil }
        self.fields = text.fields
        self.body = body
    }
}
