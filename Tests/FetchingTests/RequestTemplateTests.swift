import Basics
import Config
import Testing

@testable import Fetching

struct RequestTemplateTests {
    /// 2026-03-01, a day behind the end of a February.
    private static let minute = Minute(containing: Timestamp(milliseconds: 1_772_323_500_000))
    private static let values = RequestValues(minute: minute, now: Timestamp(milliseconds: 1_772_323_507_089))

    @Test(arguments: [
        ("today", "2026-03-01"), ("today-1d", "2026-02-28"), ("today+31d", "2026-04-01"),
        ("today-1d:yyyyMMdd", "20260228"),
        ("today:dd/MM/yyyy", "01/03/2026"), ("today:d.M.yy", "1.3.26"), ("minute", "2026-03-01T00:05:00Z"),
        ("minute-10m:yyyy-MM-dd'T'HH:mm", "2026-02-28T23:55"), ("minute:unix", "1772323500"),
        ("minute:unix_ms", "1772323500000"), ("today:unix", "1772323200"), ("now:unix_ms", "1772323507089"),
        ("now:H:m:s.SSS", "0:5:7.089"), ("now", "2026-03-01T00:05:07Z"), ("minute-1h:'day 'dd", "day 28"),
        ("today-36525d:yyyy", "1926"),
    ])
    func `a time is written as the provider wants it`(expression: String, text: String) throws {
        let time = try TimePlaceholder(expression)
        #expect(time.text(minute: Self.minute, now: Self.values.now) == text)
    }

    @Test(arguments: [
        ("tomorrow", "has ${tomorrow}; what differs between requests is"),
        ("today-1", "has ${today-1}; an offset is written"),
        ("today1d", "has ${today1d}; an offset is written"), ("today-1w", "has ${today-1w}; an offset is written"),
        ("today:", "has the date format \"\";"), ("today:yyyy-MM-ddTHH", "has the date format \"yyyy-MM-ddTHH\";"),
        ("today:YYYY", "has the date format"), ("today:MMM", "has the date format"),
        ("today:'x", "has the date format"),
        ("now:iso", "has the date format"),
    ])
    func `what is no time is refused with what would be one`(expression: String, message: String) {
        #expect {
            try TimePlaceholder(expression)
        } throws: { "\($0)".hasPrefix(message) }
    }

    private func template(_ parts: [ConfigText.Part], knowing names: Set<RequestTemplate.Name>) throws
        -> RequestTemplate
    {
        var text = ConfigText()
        for part in parts { text.append(part) }
        return try RequestTemplate(text, knowing: names)
    }

    @Test func `what is filled in is encoded, and the text around it is not`() throws {
        let template = try template(
            [.text("/a b/"), .deferred("each"), .text("/"), .deferred("today")], knowing: [.each])
        var values = Self.values
        values[.each] = "x/y ${each}"
        #expect(template.text(values) { "<\($0)>" } == "/a b/<x/y ${each}>/<2026-03-01>")
        #expect(template.names == [.each])
    }

    @Test(arguments: [
        ("each", "has ${each}, and there is no request.each"), ("token", "has ${token}, and there is no request.token"),
        ("signature", "has ${signature}, and there is no request.sign"),
        ("path", "has ${path}, which only request.sign.of may have"),
    ])
    func `what is not there is refused`(name: String, message: String) {
        #expect(throws: InvalidText(message)) { try template([.deferred(name)], knowing: []) }
    }
}
