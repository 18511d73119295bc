import Basics
import Testing

@testable import Config

struct PlaceholderTests {
    private static let environment = ["NAME": "value", "EMPTY": "", "PORT": "6667", "_a1": "x", "DOLLAR": "${NAME}"]

    private static func resolve(_ text: String) throws(InvalidText) -> Placeholder.Resolved {
        try Placeholder.resolve(text, from: environment)
    }

    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("${NAME}", "value"), ("a${NAME}b${PORT}c", "avalueb6667c"), ("${_a1}", "x"),
        ("${EMPTY}", ""), ("${NAME:-other}", "value"), ("${NAME:-}", "value"), ("${MISSING:-other}", "other"),
        ("${MISSING:-}", ""), ("${EMPTY:-other}", "other"), ("${NAME:?why}", "value"), ("${MISSING:-a:-b}", "a:-b"),
        ("${MISSING:-http://h:1/p?q=1}", "http://h:1/p?q=1"), ("é${NAME}é", "évalueé"),
    ])
    func `a placeholder is filled in`(text: String, filled: String) throws {
        #expect(try Self.resolve(text).text == filled)
    }

    @Test(arguments: [
        ("$${NAME}", "${NAME}"), ("a$${b", "a${b"), ("$${${NAME}}", "${value}"), ("${NAME}$${NAME}", "value${NAME}"),
        ("$$${NAME}", "$${NAME}"), ("$NAME", "$NAME"), ("$", "$"), ("$$", "$$"), ("{NAME}", "{NAME}"), ("a$", "a$"),
    ])
    func `a doubled dollar makes a literal one, and a lone one is itself`(text: String, filled: String) throws {
        #expect(try Self.resolve(text).text == filled)
        #expect(try Self.resolve(text).isWhole == false)
    }

    @Test func `what a variable holds is not read again`() throws {
        #expect(try Self.resolve("${DOLLAR}").text == "${NAME}")
    }

    @Test(arguments: [
        ("${MISSING}", "needs the environment variable MISSING"),
        ("${MISSING:?}", "needs the environment variable MISSING"),
        ("${MISSING:?get one at h}", "needs the environment variable MISSING: get one at h"),
        ("${EMPTY:?why}", "needs the environment variable EMPTY: why"),
        ("${}", "has a placeholder without a variable's name: ${}"),
        ("${1A}", "has a placeholder without a variable's name: ${1A}"),
        ("${ NAME}", "has a placeholder without a variable's name: ${ NAME}"),
        ("${é}", "has a placeholder without a variable's name: ${é}"),
        ("${NAME", "has ${ without a closing brace (write $${ for a literal one)"),
        ("${NAME-x}", "has ${NAME-x}; placeholders are ${NAME}, ${NAME:-default} or ${NAME:?message}"),
        ("${NAME:x}", "has ${NAME:x}; placeholders are ${NAME}, ${NAME:-default} or ${NAME:?message}"),
        ("${NAME }", "has ${NAME }; placeholders are ${NAME}, ${NAME:-default} or ${NAME:?message}"),
    ])
    func `a placeholder that cannot be filled in is refused`(text: String, message: String) {
        #expect(throws: InvalidText(message)) { try Self.resolve(text) }
    }

    @Test(arguments: [
        ("${PORT}", true), ("${MISSING:-1}", true), ("${PORT:?why}", true), ("${EMPTY}", true), ("6667", false),
        (" ${PORT}", false), ("${PORT} ", false), ("${PORT}${PORT}", false), ("${EMPTY}${PORT}", false),
        ("${PORT}${EMPTY}", false), ("", false),
    ])
    func `a string that is one placeholder is known as such`(text: String, isWhole: Bool) throws {
        #expect(try Self.resolve(text).isWhole == isWhole)
    }

    @Test func `the variables are named in order, missing ones with a default too`() throws {
        #expect(try Self.resolve("${NAME}/${MISSING:-x}$${PORT}").variables.map(\.name) == ["NAME", "MISSING"])
    }
}
