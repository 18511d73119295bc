import Basics
import Digests
import Testing

@testable import Archive

/// Amazon's own examples: those of the S3 API Reference, and of its test suite for Signature Version 4.
@Suite struct AWSSignatureTests {
    typealias Fields = [(name: String, value: String)]

    private static func signature(of request: AWSSignature.Request, date: String, secret: String, service: String)
        throws
        -> String
    {
        let credentials = try S3Credentials(accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: secret)
        let signature = AWSSignature(credentials: credentials, region: "us-east-1", service: service)
        let text = signature.authorization(of: request, date: date)
        let scope = "\(date.prefix(8))/us-east-1/\(service)/aws4_request"
        #expect(text.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/\(scope),SignedHeaders="))
        return String(text.suffix(64))
    }

    private static func s3(_ method: String, _ path: String, _ query: Fields, _ headers: Fields, _ body: String) throws
        -> String
    {
        let payload = Digest.sha256(Array(body.utf8))
        let date = "20130524T000000Z"
        let own: Fields = [
            ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", date), ("x-amz-content-sha256", payload),
        ]
        return try signature(
            of: .init(method: method, path: path, query: query, headers: own + headers, payload: payload), date: date,
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", service: "s3")
    }

    @Test func `of S3's reference: an object by range, a put one, a bucket's lifecycle and its list`() throws {
        #expect(
            try Self.s3("GET", "/test.txt", [], [("Range", "bytes=0-9")], "")
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        let headers = [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")]
        #expect(
            try Self.s3("PUT", "/test$file.text", [], headers, "Welcome to Amazon S3.")
                == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
        #expect(
            try Self.s3("GET", "/", [("lifecycle", "")], [], "")
                == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        #expect(
            try Self.s3("GET", "/", [("prefix", "J"), ("max-keys", "2")], [], "")
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    private static let unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    @Test(
        arguments: [
            // get-vanilla, get-utf8, get-space
            ("/", [], [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ("/ሴ", [], [], "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
            ("/example space/", [], [], "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
            // get-vanilla-query-order-key-case, -order-value, -unreserved
            (
                "/", ["Param2=value2", "Param1=value1"], [],
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
            ),
            (
                "/", ["Param1=value2", "Param1=Value1"], [],
                "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"
            ),
            (
                "/", ["\(unreserved)=\(unreserved)"], [],
                "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"
            ),
            // get-header-value-trim, get-header-key-duplicate
            (
                "/", [], ["My-Header1= value1", "My-Header2= \"a   b   c\""],
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
            ),
            (
                "/", [], ["My-Header1=value2", "My-Header1=value2", "My-Header1=value1"],
                "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"
            ),
        ] as [(String, [String], [String], String)])
    func `of the test suite`(path: String, query: [String], headers: [String], expected: String) throws {
        func fields(_ texts: [String]) -> Fields {
            texts.map { text in
                let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
                return (sides[0], sides[1])
            }
        }
        let date = "20150830T123600Z"
        let request = AWSSignature.Request(
            method: "GET", path: path, query: fields(query),
            headers: [("Host", "example.amazonaws.com"), ("X-Amz-Date", date)] + fields(headers),
            payload: Digest.sha256())
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        #expect(try Self.signature(of: request, date: date, secret: secret, service: "service") == expected)
    }

    @Test func `what is signed is what is sent`() {
        let request = AWSSignature.Request(
            method: "GET", path: "/a b/ሴ", query: [("prefix", "x/y z"), ("list-type", "2")], headers: [], payload: "")
        #expect(request.target == "/a%20b/%E1%88%B4?list-type=2&prefix=x%2Fy%20z")
        #expect(request.canonical.hasPrefix("GET\n/a%20b/%E1%88%B4\nlist-type=2&prefix=x%2Fy%20z\n"))
    }

    @Test func `a date is RFC 3339 without marks`() {
        #expect(AWSSignature.date(Timestamp(milliseconds: 1_369_353_600_999)) == "20130524T000000Z")
    }

    @Test func `keys are not printed, and what can be none is refused without being quoted`() throws {
        let keys = try S3Credentials(accessKey: "canary-a", secretKey: "canary-b", sessionToken: "canary-c")
        var dumped = ""
        dump(keys, to: &dumped)
        #expect(!"\(keys) \(String(reflecting: keys)) \(dumped)".contains("canary"))
        for (access, secret, token) in [
            ("", "canary", nil), ("canary", "", nil), ("canary", "canary\n", nil), ("can ary", "canary", nil),
            ("canary", "canary", "canary\r\nX: y"), ("canary", "canaryé", nil), ("canary", "canary", ""),
        ] as [(String, String, String?)] {
            let error = #expect(throws: InvalidText.self) {
                try S3Credentials(accessKey: access, secretKey: secret, sessionToken: token)
            }
            #expect(error?.description.hasPrefix("AWS_") == true && error?.description.contains("canary") == false)
        }
    }
}
