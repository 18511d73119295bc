/// Configs with mistakes, and every line that is said about them.
struct BrokenConfig: CustomStringConvertible, Sendable {
    enum Base: String, Sendable {
        case fetch, merge, archive, project, api
    }

    let description: String
    /// The config that is right but for the changes.
    let base: Base
    /// The old texts and the new ones in their places; `*` is the whole text.
    let changes: [(old: String, new: String)]
    var environment: [String: String] = [:]
    let lines: [String]

    init(
        _ description: String, _ base: Base, _ changes: [(String, String)], environment: [String: String] = [:],
        _ lines: String...
    ) {
        self.description = description
        self.base = base
        self.changes = changes
        self.environment = environment
        self.lines = lines
    }

    var text: String {
        changes.reduce(base.text) { $1.old == "*" ? $1.new : $0.replacing($1.old, with: $1.new) }
    }
}

extension BrokenConfig.Base {
    var text: String {
        switch self {
        case .fetch:
            #"""
            {
              "worker": "fetch",
              "name": "mood",
              "schedule": {"every": "5m"},
              "request": {"url": "http://127.0.0.1:8099/scores", "timeout": "5s"},
              "filter": ".scores[] | {id, score}",
              "publish": {"stream": "mood"}
            }

            """#
        case .merge:
            #"""
            {
              "worker": "merge",
              "name": "toplist",
              "sources": [
                {"name": "rank", "streams": ["rank"]},
                {"name": "mood", "streams": ["mood"], "every": "5m", "margin": "5m"}
              ],
              "key": {"member": "id"},
              "columns": [
                {"name": "Rank", "origin": "position", "type": "integer"},
                {"name": "Mood", "origin": "mood.score", "type": "decimal"}
              ],
              "publish": {"stream": "toplist"}
            }

            """#
        case .archive:
            #"""
            {
              "worker": "archive",
              "name": "archive",
              "list": {"stream": "toplist"},
              "stores": ["file:///var/lib/archive", "file://archive"],
              "publish": {"stream": "archive"}
            }

            """#
        case .project:
            #"""
            {
              "worker": "project",
              "name": "ledger",
              "orders": {"redis": {"url": "redis://127.0.0.1:6380"}},
              "read_redis": {"url": ""}
            }

            """#
        case .api:
            #"""
            {
              "worker": "api",
              "name": "api",
              "listen": [{"port": 6667}],
              "list": {"columns": ["Rank", "Mood"]}
            }

            """#
        }
    }
}

extension BrokenConfig {
    static let all: [BrokenConfig] = [
        BrokenConfig(
            "not JSON: a comma too many", .fetch, [(#""name": "mood","#, #""name": "mood",,"#)],
            "fetch.json:3:18: not valid JSON: a key in double quotes should stand here"),
        BrokenConfig(
            "not JSON: no end", .fetch, [(#""publish": {"stream": "mood"}\#n}"#, #""publish": {"stream": "mood"}\#n"#)],
            "fetch.json:9:1: not valid JSON: a comma or a closing brace should stand here"),
        BrokenConfig(
            "not JSON: a comment", .fetch, [(#""worker": "fetch","#, #"// which kind\#n  "worker": "fetch","#)],
            "fetch.json:2:3: not valid JSON: JSON has no comments"),
        BrokenConfig(
            "not an object", .fetch, [("*", "[1, 2]")],
            "fetch.json:1:1: should be an object, not an array"),
        BrokenConfig(
            "an empty file", .fetch, [("*", "")],
            "fetch.json:1:1: not valid JSON: the text ends where a value should stand"),
        BrokenConfig(
            "no worker", .fetch, [(#""worker": "fetch",\#n  "#, "")],
            "fetch.json:1:1: worker: missing: The kind of worker."),
        BrokenConfig(
            "an unknown worker", .fetch, [(#""worker": "fetch""#, #""worker": "fetcher""#)],
            #"fetch.json:2:13: worker: should be one of fetch, merge, archive, project, api, not "fetcher" (did you mean fetch?)"#
        ),
        BrokenConfig(
            "a worker of the wrong type", .fetch, [(#""worker": "fetch""#, #""worker": 1"#)],
            "fetch.json:2:13: worker: should be one of fetch, merge, archive, project, api, not the number 1"),
        BrokenConfig(
            "an unknown key", .fetch, [(#""schedule""#, #""shedule""#)],
            "fetch.json:1:1: schedule: missing: When to fetch.",
            "fetch.json:4:3: shedule: unknown key (did you mean schedule?)"),
        BrokenConfig(
            "an unknown key deep inside", .fetch, [(#""timeout": "5s""#, #""timout": "5s""#)],
            "fetch.json:5:54: request.timout: unknown key (did you mean timeout?)"),
        BrokenConfig(
            "an unknown key like none", .fetch, [(#""timeout": "5s""#, #""colour": "red""#)],
            "fetch.json:5:54: request.colour: unknown key"),
        BrokenConfig(
            "a repeated key", .fetch, [(#""name": "mood","#, #""name": "mood",\#n  "name": "other","#)],
            "fetch.json:4:3: name: repeated key"),
        BrokenConfig(
            "a name with a space", .fetch, [(#""name": "mood""#, #""name": "my mood""#)],
            #"fetch.json:3:11: name: should be 1 to 64 letters, digits, - or _, not "my mood""#),
        BrokenConfig(
            "an object where a string should be", .fetch, [(#""name": "mood""#, #""name": {}"#)],
            "fetch.json:3:11: name: should be a name, not an object"),
        BrokenConfig(
            "a number where a duration should be", .fetch, [(#""timeout": "5s""#, #""timeout": 5"#)],
            "fetch.json:5:65: request.timeout: should be a duration, not the number 5"),
        BrokenConfig(
            "a duration without a unit", .fetch, [(#""timeout": "5s""#, #""timeout": "5""#)],
            #"fetch.json:5:65: request.timeout: should be a duration such as "60s" (units: ms, s, m, h, d), not "5""#),
        BrokenConfig(
            "a duration with an unknown unit", .fetch, [(#""timeout": "5s""#, #""timeout": "5sec""#)],
            #"fetch.json:5:65: request.timeout: should be a duration such as "60s" (units: ms, s, m, h, d), not "5sec""#
        ),
        BrokenConfig(
            "a duration out of range", .fetch, [(#""timeout": "5s""#, #""timeout": "2m""#)],
            #"fetch.json:5:65: request.timeout: should be from 100ms to 55s, not "2m""#),
        BrokenConfig(
            "a period that is no multiple of a minute", .fetch, [(#""every": "5m""#, #""every": "90s""#)],
            "fetch.json:4:25: schedule.every: should be a multiple of 60s"),
        BrokenConfig(
            "a size with an unknown unit", .fetch, [(#""timeout": "5s""#, #""max_body": "64MiB""#)],
            #"fetch.json:5:66: request.max_body: should be a size such as "64MB" (units: B, kB, MB, GB), not "64MiB""#),
        BrokenConfig(
            "a whole number in quotes", .fetch, [(#""timeout": "5s""#, #""retries": "3""#)],
            "fetch.json:5:65: request.retries: should be an integer, not a string"),
        BrokenConfig(
            "a fraction where a whole number should be", .fetch, [(#""timeout": "5s""#, #""retries": 2.5"#)],
            "fetch.json:5:65: request.retries: should be a whole number from 0 to 10, not 2.5"),
        BrokenConfig(
            "a number out of range", .fetch, [(#""timeout": "5s""#, #""concurrency": 0"#)],
            "fetch.json:5:69: request.concurrency: should be a whole number from 1 to 64, not 0"),
        BrokenConfig(
            "a URL without a scheme", .fetch, [(#""http://127.0.0.1:8099/scores""#, #""127.0.0.1/scores""#)],
            #"fetch.json:5:22: request.url: should be an http:// or https:// URL, not "127.0.0.1/scores""#),
        BrokenConfig(
            "a URL of another scheme", .fetch, [(#""http://127.0.0.1:8099/scores""#, #""ftp://127.0.0.1/scores""#)],
            #"fetch.json:5:22: request.url: should be an http:// or https:// URL, not "ftp://127.0.0.1/scores""#),
        BrokenConfig(
            "a URL with a query", .fetch,
            [(#""http://127.0.0.1:8099/scores""#, #""http://127.0.0.1:8099/scores?a=1""#)],
            "fetch.json:5:22: request.url: should have no query: parameters belong in request.query"),
        BrokenConfig(
            "a header with a line break", .fetch, [(#""timeout": "5s""#, #""headers": {"X-A": "a\nB: c"}"#)],
            "fetch.json:5:73: request.headers.X-A: has a line break (U+000A) at character 2"),
        BrokenConfig(
            "headers whose names are none", .fetch,
            [(#""timeout": "5s""#, #""headers": {"X A": "a", "X:": "b", "": "c"}"#)],
            "fetch.json:5:65: request.headers: has a header's name with a space (U+0020) at character 2",
            #"fetch.json:5:65: request.headers: has a header "X:", and no header has such a name"#,
            "fetch.json:5:65: request.headers: has a header without a name"),
        BrokenConfig(
            "a key that was copied with a zero-width space", .fetch,
            [(#""timeout": "5s""#, #""headers": {"X-A": "Key a\u200Bb"}"#)],
            #"fetch.json:5:65: request.headers: has an invisible character (U+200B) at character 6 of the header "X-A""#
        ),
        BrokenConfig(
            "a line break behind a Redis URL, written there", .api,
            [(#""name": "api","#, #""name": "api", "redis": {"url": "redis://:canary-7e22@127.0.0.1\n"},"#)],
            "api.json:3:35: redis.url: has a line break (U+000A) at character 31"),
        BrokenConfig(
            "a line break behind a Redis URL, out of the environment", .api,
            [(#""name": "api","#, #""name": "api", "redis": {"url": "${REDIS_URL}"},"#)],
            environment: ["REDIS_URL": "redis://:canary-7e23@127.0.0.1\n"],
            "api.json:3:35: redis.url: has a line break (U+000A) at character 31 of the environment variable REDIS_URL"),
        BrokenConfig(
            "space around what a variable fills in", .api,
            [(#""listen": [{"port": 6667}]"#, #""listen": [{"host": "${HOST}", "port": "${PORT}"}]"#)],
            environment: ["HOST": " 127.0.0.1", "PORT": "6667\r\n"],
            "api.json:4:23: listen[0].host: has a space (U+0020) at character 1 of the environment variable HOST",
            "api.json:4:42: listen[0].port: has a carriage return (U+000D) at character 5 of the environment variable PORT"
        ),
        BrokenConfig(
            "a control character behind percent signs", .fetch,
            [
                (#""schedule""#, #""redis": {"url": "unix:///run/redis%0A.sock"},\#n  "schedule""#),
                ("8099/scores", "8099/scores%0a"),
            ],
            "fetch.json:4:20: redis.url: has a socket path with a line break (U+000A) at character 11, percent-encoded",
            "fetch.json:6:22: request.url: has a line break (U+000A) at character 29, percent-encoded"),
        BrokenConfig(
            "a list of Redis", .project, [("redis://127.0.0.1:6380", "redis://h:1,h:2")],
            "project.json:4:31: orders.redis.url: names several hosts; it takes one: redis://host:port; Sentinels are redis+sentinel://host:26379,host2:26379/primary, and a cluster is redis+cluster://host:6379,host2:6379"
        ),
        BrokenConfig(
            "a prefix with a line break", .api,
            [(#""name": "api","#, #""name": "api", "redis": {"prefix": "${PREFIX}"},"#)],
            environment: ["PREFIX": "shop:\n"],
            "api.json:3:38: redis.prefix: has a line break (U+000A) at character 6 of the environment variable PREFIX"),
        BrokenConfig(
            "hosts to listen on that are none", .api,
            [
                (#""listen": [{"port": 6667}]"#, #""listen": [{"host": "*"}, {"host": "256.0.0.1"}]"#),
                (#""name": "api","#, #""name": "api", "metrics": {"host": "0.0.0.0:80"},"#),
            ],
            "api.json:3:38: metrics.host: is no IPv6 address; it should be 0.0.0.0 (all of IPv4), :: (all), an address of this machine, or a name of one",
            "api.json:4:23: listen[0].host: is no host name: letters, digits, -, _ and dots; it should be 0.0.0.0 (all of IPv4), :: (all), an address of this machine, or a name of one",
            "api.json:4:38: listen[1].host: is no IPv4 address; it should be 0.0.0.0 (all of IPv4), :: (all), an address of this machine, or a name of one"
        ),
        BrokenConfig(
            "a query parameter that is an object", .fetch, [(#""timeout": "5s""#, #""query": {"ids": [1, {}]}"#)],
            "fetch.json:5:75: request.query.ids[1]: should be a string or a number, not an object"),
        BrokenConfig(
            "a date that is none", .fetch, [(#""timeout": "5s""#, #""query": {"d": "${today-1w}", "e": "${each}"}"#)],
            "fetch.json:5:69: request.query.d: has ${today-1w}; an offset is written as in ${today-1d} or ${minute+5m}",
            "fetch.json:5:89: request.query.e: has ${each}, and there is no request.each"),
        BrokenConfig(
            "values that nothing uses", .fetch, [(#""timeout": "5s""#, #""each": {"values": ["a"]}"#)],
            "fetch.json:5:62: request.each: needs a `parameter`, or ${each} somewhere in the request"),
        BrokenConfig(
            "two bodies", .fetch, [(#""timeout": "5s""#, #""json": {}, "form": {"a": 1}, "method": "GET""#)],
            "fetch.json:5:74: request.form: cannot be sent beside `json`",
            "fetch.json:5:94: request.method: cannot be GET: a GET has no body"),
        BrokenConfig(
            "pages without a way from one to the next", .fetch, [(#""timeout": "5s""#, #""pages": {"max": 7}"#)],
            "fetch.json:5:63: request.pages.parameter: missing: The parameter of the query that chooses the page.",
            "fetch.json:5:63: request.pages.size: missing: How many items a page is asked to hold."),
        BrokenConfig(
            "pages with two ways", .fetch,
            [
                (
                    #""timeout": "5s""#,
                    #""pages": {"cursor": ".a", "parameter": "b", "next": {"header": "Link", "filter": "."}}"#
                )
            ],
            "fetch.json:5:117: request.pages.next.header: cannot stand beside `filter`"),
        BrokenConfig(
            "CSV settings of JSON", .fetch,
            [(#""publish""#, #""body": {"delimiter": ";;", "skip": 1},\#n  "publish""#)],
            #"fetch.json:7:25: body.delimiter: should be one ASCII character, such as ";""#,
            "fetch.json:7:25: body.delimiter: only says something about csv",
            "fetch.json:7:39: body.skip: only says something about csv"),
        BrokenConfig(
            "a key that is not written as it says", .fetch,
            [(#""timeout": "5s""#, #""sign": {"key": "zz", "key_is": "hex", "of": "${query}"}"#)],
            "fetch.json:5:70: request.sign.key: is not written in hex"),
        BrokenConfig(
            "a filter that does not compile", .fetch, [(#"".scores[] | {id, score}""#, #"".scores[ | {id, score}""#)],
            "fetch.json:6:13: filter: does not compile: syntax error, unexpected '|'"),
        BrokenConfig(
            "a filter that reads the environment", .fetch,
            [(#"".scores[] | {id, score}""#, #"".scores[] | {id, score: env.HOME}""#)],
            "fetch.json:6:13: filter: uses `env`: a filter may only read its own input"),
        BrokenConfig(
            "a failure filter with an unknown function", .fetch,
            [(#""publish""#, #""failure": "errors(1)",\#n  "publish""#)],
            "fetch.json:7:14: failure: does not compile: errors/1 is not defined"),
        BrokenConfig(
            "pages without a parameter and with a wrong step", .fetch,
            [(#""timeout": "5s""#, #""pages": {"step": 0, "size": 100}"#)],
            "fetch.json:5:63: request.pages.parameter: missing: The parameter of the query that chooses the page.",
            "fetch.json:5:72: request.pages.step: should be a whole number from 1 to 1000000, not 0"),
        BrokenConfig(
            "a stream with a colon", .fetch, [(#""stream": "mood""#, #""stream": "mood:1""#)],
            #"fetch.json:7:25: publish.stream: should be 1 to 64 letters, digits, - or _, not "mood:1""#),
        BrokenConfig(
            "a retention out of range", .fetch, [(#""stream": "mood""#, #""stream": "mood", "retain": "1m""#)],
            #"fetch.json:7:43: publish.retain: should be from 5m to 30d, not "1m""#),
        BrokenConfig(
            "a missing variable", .fetch, [(#""http://127.0.0.1:8099/scores""#, #""${MOOD_URL}/scores""#)],
            "fetch.json:5:22: request.url: needs the environment variable MOOD_URL"),
        BrokenConfig(
            "a variable with its own message", .fetch,
            [
                (
                    #""http://127.0.0.1:8099/scores""#,
                    #""${MOOD_URL:?the mood server, such as http://localhost:8099}/scores""#
                )
            ],
            "fetch.json:5:22: request.url: needs the environment variable MOOD_URL: the mood server, such as http://localhost:8099"
        ),
        BrokenConfig(
            "a placeholder without an end", .fetch, [(#""http://127.0.0.1:8099/scores""#, #""${MOOD_URL/scores""#)],
            "fetch.json:5:22: request.url: has ${ without a closing brace (write $${ for a literal one)"),
        BrokenConfig(
            "a placeholder of an unknown kind", .fetch,
            [(#""http://127.0.0.1:8099/scores""#, #""${MOOD_URL:=x}/scores""#)],
            "fetch.json:5:22: request.url: has ${MOOD_URL:=x}; placeholders are ${NAME}, ${NAME:-default} or ${NAME:?message}"
        ),
        BrokenConfig(
            "a variable of the wrong type, which is a secret", .fetch,
            [(#""timeout": "5s""#, #""retries": "${RETRY_KEY}""#)], environment: ["RETRY_KEY": "canary-7e21"],
            "fetch.json:5:65: request.retries: should be a whole number from 0 to 10, not ***"),
        BrokenConfig(
            "a Redis URL with an unknown scheme", .fetch,
            [(#""schedule""#, #""redis": {"url": "http://:canary-7e21@localhost"},\#n  "schedule""#)],
            "fetch.json:4:20: redis.url: should start with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://; with TLS the last two are rediss+sentinel:// and rediss+cluster://"
        ),
        BrokenConfig(
            "a Redis URL with a bad port, whose password is a secret", .fetch,
            [(#""schedule""#, #""redis": {"url": "redis://:canary-7e21@localhost:99999"},\#n  "schedule""#)],
            "fetch.json:4:20: redis.url: has a port that is not a number from 1 to 65535"),
        BrokenConfig(
            "a prefix with a space", .fetch, [(#""schedule""#, #""redis": {"prefix": "a b"},\#n  "schedule""#)],
            "fetch.json:4:23: redis.prefix: should be letters, digits, :, _ or -"),
        BrokenConfig(
            "an unknown level of logging", .fetch, [(#""schedule""#, #""logging": {"level": "warn"},\#n  "schedule""#)],
            #"fetch.json:4:24: logging.level: should be one of trace, debug, info, notice, warning, error, critical, not "warn""#
        ),
        BrokenConfig(
            "a cost without sense", .fetch, [(#""publish""#, #""cost": {"per": 0, "plan": "many"},\#n  "publish""#)],
            "fetch.json:7:19: cost.per: should be a whole number from 1 to 1000000000, not 0",
            "fetch.json:7:30: cost.plan: should be an integer, not a string"),
        BrokenConfig(
            "everything at once", .fetch,
            [
                (#""every": "5m""#, #""every": "5x""#), (#""timeout": "5s""#, #""timout": "5s", "retries": -1"#),
                (#""stream": "mood""#, #""steam": "mood""#),
            ],
            #"fetch.json:4:25: schedule.every: should be a duration such as "60s" (units: ms, s, m, h, d) or "auto", not "5x""#,
            "fetch.json:5:54: request.timout: unknown key (did you mean timeout?)",
            "fetch.json:5:81: request.retries: should be a whole number from 0 to 10, not -1",
            "fetch.json:7:14: publish.stream: missing: The stream, before the prefix.",
            "fetch.json:7:15: publish.steam: unknown key (did you mean stream?)"),
        BrokenConfig(
            "a column of a source that is not there", .merge,
            [(#",\#n    {"name": "mood", "streams": ["mood"], "every": "5m", "margin": "5m"}"#, "")],
            #"merge.json:10:32: columns[1].origin: names the source "mood"; the sources are rank"#),
        BrokenConfig(
            "two sources of one name", .merge, [(#""name": "mood", "streams""#, #""name": "rank", "streams""#)],
            "merge.json:6:14: sources[1].name: is another source's name too",
            #"merge.json:11:32: columns[1].origin: names the source "mood"; the sources are rank"#),
        BrokenConfig(
            "an optional first source", .merge, [(#""streams": ["rank"]"#, #""streams": ["rank"], "optional": true"#)],
            "merge.json:4:14: sources: the first source gives the order and cannot be optional"),
        BrokenConfig(
            "a source without streams", .merge, [(#""streams": ["mood"]"#, #""streams": []"#)],
            "merge.json:6:33: sources[1].streams: needs at least 1, not 0"),
        BrokenConfig(
            "a column of an unknown source", .merge, [(#""mood.score""#, #""moood.score""#)],
            #"merge.json:11:32: columns[1].origin: names the source "moood" (did you mean mood?); the sources are rank, mood"#
        ),
        BrokenConfig(
            "a column of an unknown type", .merge, [(#""type": "decimal""#, #""type": "decmal""#)],
            #"merge.json:11:54: columns[1].type: should be one of integer, decimal, string, not "decmal" (did you mean decimal?)"#
        ),
        BrokenConfig(
            "a column from nowhere", .merge, [(#""origin": "mood.score""#, #""origin": "score""#)],
            #"merge.json:11:32: columns[1].origin: should be position, key, or <source>.<member>, not "score""#),
        BrokenConfig(
            "a minimum without quotes", .merge, [(#""type": "decimal""#, #""type": "decimal", "min": 0"#)],
            "merge.json:11:72: columns[1].min: should be a decimal string, not the number 0"),
        BrokenConfig(
            "two columns of one name", .merge, [(#""name": "Mood""#, #""name": "Rank""#)],
            "merge.json:11:14: columns[1].name: is another column's name too"),
        BrokenConfig(
            "a history too short", .merge,
            [(#""publish": {"stream": "toplist"}"#, #""publish": {"stream": "toplist"}, "history": {"retain": "1m"}"#)],
            #"merge.json:13:59: history.retain: should be a duration of 10m or more, such as "7d", or "forever""#),
        BrokenConfig(
            "an unknown member of the key", .merge, [(#""member": "id""#, #""membre": "id""#)],
            "merge.json:8:10: key.member: missing: The member of each source's rows that is the key.",
            "merge.json:8:11: key.membre: unknown key (did you mean member?)"),
        BrokenConfig(
            "a ledger's Redis with an unknown scheme, whose password is a secret", .project,
            [("redis://127.0.0.1:6380", "rediz://:canary-7e21@127.0.0.1:6380")],
            "project.json:4:31: orders.redis.url: should start with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://; with TLS the last two are rediss+sentinel:// and rediss+cluster://"
        ),
        BrokenConfig(
            "a read model's Redis that is a number", .project, [(#"{"url": ""}"#, #"{"url": 6380}"#)],
            "project.json:5:25: read_redis.url: should be a Redis URL, not the number 6380"),
        BrokenConfig(
            "a read model's Redis as a bare URL", .project,
            [(#"{"url": ""}"#, #""redis://:canary-7e21@127.0.0.1""#)],
            "project.json:5:17: read_redis: should be an object, not a string"),
        BrokenConfig(
            "unknown keys of a project worker", .project,
            [(#""orders""#, #""order""#), (#""read_redis": {"url"#, #""read_redis": {"uri"#)],
            "project.json:4:3: order: unknown key (did you mean orders?)",
            "project.json:5:18: read_redis.uri: unknown key (did you mean url?)"),
        BrokenConfig(
            "a project worker's Redis that is wrong is not all that is told", .project,
            [(#""name": "ledger","#, #""name": "ledger", "redis": {"url": "nowhere"},"#), ("6380", "x")],
            "project.json:3:38: redis.url: should start with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://; with TLS the last two are rediss+sentinel:// and rediss+cluster://",
            "project.json:4:31: orders.redis.url: has a port that is not a number from 1 to 65535"),
        BrokenConfig(
            "a port out of range", .api, [(#""port": 6667"#, #""port": 66667"#)],
            "api.json:4:23: listen[0].port: should be a whole number from 0 to 65535, not 66667"),
        BrokenConfig(
            "a port from a variable that is no number", .api, [(#""port": 6667"#, #""port": "${PORT}""#)],
            environment: ["PORT": "http"],
            "api.json:4:23: listen[0].port: should be a whole number from 0 to 65535, not http"),
        BrokenConfig(
            "nowhere to listen", .api, [(#"[{"port": 6667}]"#, "[]")],
            "api.json:4:13: listen: needs at least 1, not 0"),
        BrokenConfig(
            "an archive without a store", .archive, [(#""file:///var/lib/archive", "file://archive""#, "")],
            "archive.json:5:13: stores: needs at least 1, not 0"),
        BrokenConfig(
            "stores that are none, and one that is there twice", .archive,
            [(#""file://archive""#, #""/lib/archive", "ftp://host/archive", "file://", "file:///var/lib/archive/""#)],
            "archive.json:5:41: stores[1]: should be a URL such as file:///var/lib/cointape/archive or "
                + #"s3://bucket/prefix?region=eu-central-1&endpoint=https://s3.example:9000, not "/lib/archive""#,
            #"archive.json:5:57: stores[2]: should begin with file:// or s3://, not with "ftp://""#,
            "archive.json:5:79: stores[3]: should name a folder, as file:///var/lib/cointape/archive does",
            "archive.json:5:90: stores[4]: is there twice"),
        BrokenConfig(
            "buckets that are none, and one without keys", .archive,
            [(#""file://archive""#, #""s3://a", "s3://key:secret@host/x", "s3://bucket/x""#)],
            "archive.json:5:41: stores[1]: should name a bucket, 3 to 63 small letters, digits, '-' and '.', with a letter or "
                + "digit at both ends: \"a\" is none",
            "archive.json:5:51: stores[2]: should hold no keys and no host: keys come from AWS_ACCESS_KEY_ID and "
                + "AWS_SECRET_ACCESS_KEY, and a server is named by endpoint, as in "
                + "s3://bucket/prefix?region=eu-central-1&endpoint=https://s3.example:9000",
            "archive.json:5:77: stores[3]: needs the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        BrokenConfig(
            "a folder on another host, one that looks like a URL, and one that is there in two ways", .archive,
            [(#""file://archive""#, #""file://localhost/a", "file:///a%20b", "file://a", "file://./a""#)],
            "archive.json:5:41: stores[1]: should name no host: file:// and the path, as file:///var/lib/cointape/archive",
            "archive.json:5:63: stores[2]: should be a folder's path as it is, without '?', '#' and '%'",
            "archive.json:5:92: stores[4]: is there twice"),
        BrokenConfig(
            "an archive that publishes into its lists", .archive,
            [(#""stream": "archive""#, #""stream": "toplist""#)],
            "archive.json:6:25: publish.stream: is the stream of the lists that are kept"),
        BrokenConfig(
            "digits that are too few, and of days that are too young", .archive,
            [(#""file://archive"]"#, #""file://archive"], "digits": {"after": "7d", "significant": 3, "round": 1}"#)],
            #"archive.json:5:80: digits.after: should be from 30d to 36500d, not "7d""#,
            "archive.json:5:101: digits.significant: should be a whole number from 4 to 15, not 3",
            "archive.json:5:104: digits.round: unknown key"),
        BrokenConfig(
            "a list of columns that is none", .api, [(#""columns": ["Rank", "Mood"]"#, #""columns": "Rank""#)],
            "api.json:5:23: list.columns: should be an array, not a string"),
        BrokenConfig(
            "orders with an age that is too short, a durability that cannot be, and a key too many", .api,
            [
                (
                    #""list": {"columns": ["Rank", "Mood"]}"#,
                    #""orders": {"max_rate_age": "59s", "durability": {"replicas": 11, "fsync": "no"}, "ratse": "x"}"#
                )
            ],
            "api.json:5:30: orders.max_rate_age: should be from 1m to 1h, not \"59s\"",
            "api.json:5:64: orders.durability.replicas: should be a whole number from 0 to 10, not 11",
            "api.json:5:77: orders.durability.fsync: should be a boolean, not a string",
            "api.json:5:84: orders.ratse: unknown key (did you mean rates?)"),
        BrokenConfig(
            "the userinfo of a URL is a secret, however short", .fetch,
            [
                (#""http://127.0.0.1:8099/scores""#, #""http://me:pw@127.0.0.1/scores?x""#),
                (#""timeout": "5s""#, #""timeot": "5s""#),
            ],
            "fetch.json:5:22: request.url: should have no query: parameters belong in request.query",
            "fetch.json:5:57: request.timeot: unknown key (did you mean timeout?)"),
        BrokenConfig(
            "a URL that is a secret by its variable", .fetch,
            [(#""http://127.0.0.1:8099/scores""#, #""gopher://127.0.0.1/${MOOD_TOKEN}""#)],
            environment: ["MOOD_TOKEN": "canary-7e21"],
            #"fetch.json:5:22: request.url: should be an http:// or https:// URL, not "gopher://127.0.0.1/***""#),
    ]
}
