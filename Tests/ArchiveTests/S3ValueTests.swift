import Basics
import Testing

@testable import Archive
@testable import CurlHTTP

/// What needs no server: places, answers, ranges.
@Suite struct S3ValueTests {
    @Test(arguments: [
        ("s3://tape", "tape", "", "https://s3.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com", "s3://tape/"),
        (
            "s3://tape/a/b/?region=eu-central-1", "tape", "a/b/", "https://s3.eu-central-1.amazonaws.com",
            "s3.eu-central-1.amazonaws.com", "s3://tape/a/b?region=eu-central-1"
        ),
        (
            "s3://my.tape-2/x?endpoint=http://127.0.0.1:9000/&region=auto", "my.tape-2", "x/", "http://127.0.0.1:9000",
            "127.0.0.1:9000", "s3://my.tape-2/x?endpoint=http://127.0.0.1:9000&region=auto"
        ),
        (
            "s3://tape/?endpoint=https%3A%2F%2Fs3.example%3A443", "tape", "", "https://s3.example:443", "s3.example",
            "s3://tape/?endpoint=https://s3.example:443"
        ),
        (
            "s3://tape/?endpoint=http://[::1]:80", "tape", "", "http://[::1]:80", "[::1]",
            "s3://tape/?endpoint=http://[::1]:80"
        ),
    ])
    func `a location is read, and told as a config has it`(
        text: String, bucket: String, prefix: String, endpoint: String, host: String, told: String
    ) throws {
        let location = try S3Location(text)
        #expect(location.bucket == bucket && location.prefix == prefix && location.endpoint == endpoint)
        #expect(location.host == host)
        #expect("\(location)" == told)
        #expect(try S3Location(told) == location)
    }

    @Test(arguments: [
        ("file:///x", "s3://bucket/prefix"), ("s3://", "bucket"), ("s3://ab", "bucket"), ("s3://Tape", "bucket"),
        ("s3://ta_pe", "bucket"), ("s3://192.168.0.1", "bucket"), ("s3://-tape", "bucket"), ("s3://ta..pe", "bucket"),
        ("s3://tape.", "bucket"), ("s3://tape/a//b", "prefix"), ("s3://tape/../x", "prefix"),
        ("s3://tape/a b", "prefix"),
        ("s3://tape/a%20b", "prefix"), ("s3://tape//", "prefix"), ("s3://tape/x?regio=y", "regio"),
        ("s3://tape/x?secret=canary", "secret"), ("s3://tape/x?region=", "region="), ("s3://tape/x?region", "region="),
        ("s3://tape/x?region=eu_1", "region"), ("s3://tape?region=a&region=b", "twice"),
        ("s3://key:canary@tape/x", "AWS_SECRET_ACCESS_KEY"), ("s3://host:9000/x", "endpoint"),
        ("s3://tape?endpoint=host:9000", "https://"), ("s3://tape?endpoint=https://", "endpoint"),
        ("s3://tape?endpoint=https://a:canary@host", "endpoint"), ("s3://tape?endpoint=https://host/path", "endpoint"),
        ("s3://tape?endpoint=https://host:99999", "endpoint"), ("s3://tape?endpoint=https://a%20b", "endpoint"),
        ("s3://tape?endpoint=ftp://host", "https://"), ("s3://tape?endpoint=%zz", "endpoint="),
    ])
    func `what is no location is refused with what would be one`(text: String, part: String) throws {
        let error = try #require(throws: InvalidText.self) { try S3Location(text) }
        #expect(error.description.contains(part), "\(error)")
        #expect(!error.description.contains("canary"), "\(error)")
    }

    private static func listing(_ text: String, below prefix: String = "p/") -> S3Listing? {
        S3Listing(Array(text.utf8), below: prefix)
    }

    @Test func `a listing is read as Amazon writes it`() throws {
        let page = try #require(
            Self.listing(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- a comment -->
                <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/" a='>"/'>
                  <Name>bucket</Name><Prefix>p/</Prefix><StartAfter/><KeyCount>3</KeyCount>
                  <IsTruncated>true</IsTruncated><NextContinuationToken>1ueG&amp;c&#x3d;&#61;&lt;</NextContinuationToken>
                  <Contents><Key>p/</Key><Size>0</Size></Contents>
                  <Contents><Key>p/a b</Key><Size>1</Size></Contents>
                  <Contents><Key>p/2026/.hidden</Key><Size>1</Size></Contents>
                  <Contents><Key>p/2026/11/28/13.tape</Key><ETag>&quot;x&quot;</ETag><Size>434234</Size>
                    <Owner><ID>x</ID></Owner></Contents>
                </ListBucketResult>

                """))
        #expect(page.files == [StoredFile(name: "2026/11/28/13.tape", size: 434_234)])
        #expect(page.next == "1ueG&c==<")
    }

    @Test(arguments: [
        "", "<", "x", "<a>", "<a></b>", "<a></a><b></b>", "<a></a>x", "<!DOCTYPE a><a/>", "<a>&x;</a>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>", "<a>&#+5;</a>", "<a>&#x;</a>", "<a>&#;</a>", "<a>&amp</a>", "<a b=\"</a>", "</a>",
        "<a/ >x",
        "<?xml", "<!-- ", "<a><![CDATA[x]]></a>", "<a>\u{0}<b></a></b>",
        String(repeating: "<a>", count: 17)
            + String(repeating: "</a>", count: 17),
    ])
    func `what is no document is none`(text: String) {
        #expect(S3Document(Array(text.utf8)) == nil)
    }

    @Test func `bytes that are no UTF-8 are no document`() {
        #expect(S3Document(Array("<a>".utf8) + [0xFF] + Array("</a>".utf8)) == nil)
        #expect(S3Document(Array("<a>b</a>".utf8))?.text == "b")
    }

    @Test(arguments: [
        "<html></html>", "<ListBucketResult></ListBucketResult>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><IsTruncated>maybe</IsTruncated></ListBucketResult>",
        "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>q/x</Key><Size>1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/x</Key><Size>-1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/x</Key></Contents></ListBucketResult>",
    ])
    func `what is no listing is none`(text: String) {
        #expect(Self.listing(text) == nil)
    }

    private static func response(_ status: Int, _ body: String = "", _ headers: [(String, String)] = []) -> HTTPResponse
    {
        HTTPResponse(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8))
    }

    private static func failure(_ status: Int, _ code: String = "", _ headers: [(String, String)] = []) -> S3Failure {
        let body = code.isEmpty ? "" : "<Error><Code>\(code)</Code><Message>Said.</Message></Error>"
        return S3Failure(response(status, body, headers), now: Timestamp(milliseconds: 0))
    }

    @Test func `what may work the next time is tried again, what somebody must mend is not`() {
        for status in [408, 409, 429, 500, 502, 503, 504] { #expect(Self.failure(status).remedy == .again(after: nil)) }
        #expect(Self.failure(503, "SlowDown", [("Retry-After", "7")]).remedy == .again(after: .seconds(7)))
        #expect(Self.failure(400, "RequestTimeout").remedy == .again(after: nil))
        #expect(Self.failure(507).remedy == .later)
        for (status, code) in [
            (400, ""), (403, "AccessDenied"), (404, "NoSuchBucket"), (301, "PermanentRedirect"),
            (501, "NotImplemented"),
            (400, "ExpiredToken"), (200, ""),
        ] { #expect(Self.failure(status, code).remedy == .intervention) }
        #expect(S3Failure(HTTPError(.timeout, "")).remedy == .again(after: nil))
        #expect(S3Failure(HTTPError(.network, "")).remedy == .again(after: nil))
        #expect(S3Failure(HTTPError(.cancelled, "")).remedy == .later)
        #expect(S3Failure(HTTPError(.bodyTooLarge, "")).remedy == .intervention)
    }

    @Test func `a failure says what the server said and what to do`() {
        #expect(
            Self.failure(403, "SignatureDoesNotMatch").text
                == "403 SignatureDoesNotMatch Said. (check AWS_SECRET_ACCESS_KEY; or a proxy changes the request)")
        #expect(
            Self.failure(301, "PermanentRedirect", [("x-amz-bucket-region", "eu-west-1")]).text
                .contains("write region=eu-west-1"))
        #expect(
            Self.failure(403, "RequestTimeTooSkewed", [("Date", "Sat, 21 Nov 2026 09:01:00 GMT")]).text
                .contains(
                    "this machine's says Thu, 01 Jan 1970 00:00:00 GMT, the server's Sat, 21 Nov 2026 09:01:00 GMT"))
        #expect(Self.failure(404).text == "404 (is the endpoint an S3 server?)")
        #expect(Self.failure(503).text == "503")
    }

    @Test(
        arguments: [
            ("bytes 0-0/1", 0..<1, 1), ("bytes 5-9/10", 5..<10, 10), ("bytes 5-10/10", nil, 0),
            ("bytes 9-5/10", nil, 0),
            ("bytes */10", nil, 0), ("bytes 0-0/*", nil, 0), ("0-0/1", nil, 0), ("bytes 0-0", nil, 0), ("", nil, 0),
            ("bytes -1-2/9", nil, 0), ("bytes 0-9223372036854775807/9223372036854775807", nil, 0),
        ] as [(String, Range<Int>?, Int)])
    func `a range of an answer is read strictly`(text: String, bytes: Range<Int>?, size: Int) {
        let range = ContentRange(Self.response(206, "", [("Content-Range", text)]))
        #expect(range?.bytes == bytes)
        if bytes != nil { #expect(range?.size == size) }
    }

    @Test func `ranges that are near each other are one request, and long ones several`() {
        #expect(S3Source.spans(of: [], nearby: 10).isEmpty)
        #expect(S3Source.spans(of: [5..<5], nearby: 10).isEmpty)
        #expect(S3Source.spans(of: [100..<110, 0..<10, 20..<25], nearby: 10) == [0..<25, 100..<110])
        #expect(S3Source.spans(of: [0..<100, 10..<20, 105..<106], nearby: 4) == [0..<100, 105..<106])
        #expect(S3Source.parts(of: 5..<26, most: 10) == [5..<15, 15..<25, 25..<26])
    }
}
