import Config
import Testing

struct ConfigObjectsTests {
    @Test func `an unknown key is told at its own place, with the nearest name`() throws {
        let config = try ReadConfig("{\"name\": \"a\",\n \"scedule\": {},\n \"zzzzzz\": 1}")
        _ = config.reader.string("name", "")
        _ = config.reader.object("schedule", optional: true, "")
        config.reader.finish()
        #expect(
            config.issues == ["2:2: scedule: unknown key (did you mean schedule?)", "3:2: zzzzzz: unknown key"])
    }

    @Test func `elements of arrays are told by their numbers`() throws {
        let config = try ReadConfig(
            """
            {"sources": [{"name": "a"}, {"name": 7, "handlers": [{"to": "x"}, {"two": 1}]}, 5]}
            """)
        for source in config.reader.objects("sources", atLeast: 1, "") {
            _ = source.string("name", "")
            for handler in source.objects("handlers", atLeast: 0, "") {
                _ = handler.string("to", "Where it goes.")
                handler.finish()
            }
            source.finish()
        }
        #expect(
            config.issues == [
                "1:81: sources[2]: should be an object, not the number 5",
                "1:38: sources[1].name: should be a string, not the number 7",
                "1:67: sources[1].handlers[1].to: missing: Where it goes.",
                "1:68: sources[1].handlers[1].two: unknown key (did you mean to?)",
            ])
    }

    @Test func `an array with too few elements, or none at all, is told`() throws {
        let config = try ReadConfig(#"{"one":[{}],"no":{}}"#)
        #expect(config.reader.objects("one", atLeast: 2, "").count == 1)
        #expect(config.reader.objects("no", atLeast: 1, "").isEmpty)
        #expect(config.reader.objects("none", atLeast: 1, "The none.").isEmpty)
        #expect(config.reader.objects("maybe", atLeast: 0, "").isEmpty)
        #expect(
            config.issues == [
                "1:8: one: needs at least 2, not 1", "1:18: no: should be an array, not an object",
                "1:1: none: missing: The none.",
            ])
    }

    @Test func `strings of an array are filled in`() throws {
        let config = try ReadConfig(#"{"needs":["a","${B}",7,"${C}"]}"#, environment: ["B": "b"])
        #expect(config.reader.strings("needs", "") == ["a", "b"])
        #expect(config.reader.strings("none", "") == [])
        #expect(config.reader.strings("some", atLeast: 1, "The some.") == nil)
        #expect(
            config.issues == [
                "1:22: needs[2]: should be a string, not the number 7",
                "1:24: needs[3]: needs the environment variable C", "1:1: some: missing: The some.",
            ])
    }

    @Test func `placeholders of deferred names are left to the reader, and what variables hold is text`() throws {
        let config = try ReadConfig(
            #"{"u":"a${today-1d:yyyy}${X}$${today}","j":{"a":["${X}\n",1.50,true,null,"${each}"],"b":{}}}"#,
            environment: ["X": "${each}\"", "today": "never"])
        let deferred: Set<String> = ["today", "each"]
        var expected = ConfigText("a")
        expected.append(.deferred("today-1d:yyyy"))
        expected.append(.text("${each}\""))
        expected.append(.text("${"))
        expected.append(.text("today}"))
        #expect(config.reader.text("u", deferring: deferred, "") { $0 } == expected)
        let json = config.reader.json("j", deferring: deferred, "") { $0 }
        let text = json?.parts.map { part in
            switch part {
            case .text(let text): text
            case .deferred(let name): "<\(name)>"
            }
        }.joined()
        #expect(text == #"{"a":["${each}\"\n",1.50,true,null,"<each>"],"b":{}}"#)
        #expect(config.issues.isEmpty)
    }

    @Test func `pairs keep the order of the file and their digits`() throws {
        let config = try ReadConfig(
            #"{"query":{"z":"${Z}","limit":5000,"a":1.50,"on":true,"n":null,"o":{},"l":[1,"${Z}"],"m":[[]]},"headers":[]}"#,
            environment: ["Z": "z"])
        let pairs = config.reader.texts("query", deferring: [], "") { $0 }
        #expect(pairs.map(\.name) == ["z", "limit", "a", "on", "l", "l"])
        #expect(pairs.map(\.value) == ["z", "5000", "1.50", "true", "1", "z"].map { ConfigText($0) })
        #expect(config.reader.texts("headers", deferring: [], "") { $0 }.isEmpty)
        #expect(
            config.issues == [
                "1:58: query.n: should be a string or a number, not null",
                "1:67: query.o: should be a string or a number, not an object",
                "1:90: query.m[0]: should be a string or a number, not an array",
                "1:105: headers: should be an object, not an array",
            ])
    }

    @Test func `the fields of a missing object that may be missing take their defaults`() throws {
        let config = try ReadConfig("{}")
        let object = try #require(config.reader.object("logging", optional: true, ""))
        #expect(object.string("level", default: "info", "") == "info")
        #expect(object.string("path", "The path.") == nil)
        #expect(config.reader.objectIfPresent("pages", "") == nil)
        #expect(config.issues == ["1:1: logging.path: missing: The path."])
    }

    @Test func `below a missing object nothing is told but the object`() throws {
        let config = try ReadConfig("{}")
        let object = try #require(config.reader.object("request", "The request."))
        #expect(object.string("url", "The URL.") == nil)
        #expect(object.objects("pages", atLeast: 1, "The pages.").count == 1)
        object.finish()
        #expect(config.issues == ["1:1: request: missing: The request."])
    }

    @Test func `a complaint about a field stands at its value, or at the object when there is none`() throws {
        let config = try ReadConfig("{\"a\": 1}")
        config.reader.complain(about: "a", "is odd")
        config.reader.complain(about: "b", "is odd")
        #expect(config.issues == ["1:7: a: is odd", "1:1: b: is odd"])
    }

    @Test func `values of variables named like secrets are remembered`() throws {
        let environment = ["MY_KEY": "k-value", "Api_Token": "t-value", "HOST": "h", "PASSWORD": "p-value"]
        let config = try ReadConfig(
            #"{"headers":{"a":"Apikey ${MY_KEY}","b":"${Api_Token}","c":"${HOST}"},"u":"${A_SECRET:-none}"}"#,
            environment: environment)
        #expect(config.reader.texts("headers", deferring: [], "") { $0 }.count == 3)
        #expect(config.reader.variables(in: "u").map(\.name) == ["A_SECRET"])
        #expect(config.context.secrets == ["k-value", "t-value"])
    }

    @Test func `a reader without a file declares all fields and complains of none`() {
        let context = ConfigContext(file: "", environment: [:])
        let reader = context.describingReader
        _ = reader.string("name", "The name.")
        _ = reader.object("publish", "The stream.")?.string("stream", default: "a", "Its name.")
        for source in reader.objects("sources", atLeast: 2, "The sources.") { _ = source.string("name", "A name.") }
        reader.finish()
        #expect(context.issues.isEmpty)
        #expect(context.fields.map(\.path) == ["name", "publish", "publish.stream", "sources", "sources[].name"])
        #expect(context.fields.map(\.defaultText) == [nil, nil, "a", nil, nil])
    }
}
