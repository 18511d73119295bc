import Testing

@testable import JQ

struct ForbiddenNamesTests {
    @Test(arguments: [
        ("env", "env"), ("env.HOME", "env"), ("$ENV", "$ENV"), ("$ENV.HOME", "$ENV"), ("$ ENV", "$ENV"),
        ("$\n ENV.A", "$ENV"), ("$ # why\n ENV", "$ENV"), ("1 and$ENV", "$ENV"), ("if . then$ENV else . end", "$ENV"),
        ("input", "input"), ("[inputs]", "inputs"),
        (#"import "a" as a; ."#, "import"), (#"include "a"; ."#, "include"), (". | debug", "debug"),
        ("stderr", "stderr"), ("halt", "halt"), ("halt_error", "halt_error"), ("input_filename", "input_filename"),
        ("{a: env}", "env"), ("{(env): 1}", "env"), ("{a: 1} | env", "env"), ("[., env]", "env"), (".a, env", "env"),
        (".[env.A]", "env"), ("def f: env; f", "env"), (".a|env", "env"), ("1 as $x | env", "env"),
        ("\"\\(env.HOME)\"", "env"), ("\"a\\(\"b\\(input)\")\"", "input"), ("\"\\((1))\" + env.A", "env"),
        ("@base64 \"\\(env)\"", "env"), ("# comment\nenv", "env"), ("\"#\" , env", "env"), ("\"\\\"\" + env.A", "env"),
        ("{\"a\\(env)\": 1}", "env"), ("$__prog_args", "$__prog_args"),
    ])
    func `what reaches outside the input is refused`(source: String, name: String) {
        #expect(ForbiddenNames.first(in: source) == name)
        #expect {
            try JQProgram(source)
        } throws: { error in
            "\(error)" == "uses `\(name)`: a filter may only read its own input"
        }
    }

    @Test(arguments: [
        ".env", ".a.env", ".env.input", "{env: 1}", "{a: 1, env: 2}", "{env : .input}", "{input: 1}", #"{"env": 1}"#,
        #".["env"]"#, #""env""#, #""$ENV and input""#, "{a: 1, # why\n env: 2}", "# env\n.", ". # $ENV",
        "environment_of_x", ".environment",
        "\"\\(.env)\"", "\"\\\\(env)\"", "def inputs_of(f): f; inputs_of(.)", "def environment: 1; environment",
        ". as $env | $env", ". as {a: $x, env: $y} | $x", "$__loc__", "@json \"input\"",
    ])
    func `members, strings, comments and other names are allowed`(source: String) throws {
        #expect(ForbiddenNames.first(in: source) == nil)
        // Some of them use what is not defined: only the names are looked at here.
        if source != "environment_of_x" { _ = try JQProgram(source) }
    }
}
