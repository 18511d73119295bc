import Foundation
import HTTPServer
import Testing

@testable import Serving

@Suite struct ProblemTests {
    @Test func `is JSON whatever a client sent, with the members of RFC 9457`() throws {
        let problem = Problem.badParameter("a\"b\u{1}", "no \u{2028} \\", accepted: "x", nearest: "y")
        let object = try JSONSerialization.jsonObject(with: Data(problem.json)) as? [String: Any]
        #expect(object?["type"] as? String == "/problems/bad-parameter")
        #expect(object?["status"] as? Int == 422)
        #expect(object?["parameter"] as? String == "a\"b\u{1}")
        #expect(object?["did_you_mean"] as? String == "y")
    }
}
