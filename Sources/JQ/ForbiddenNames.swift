/// Finds names in a jq program that access things outside its input: the environment, other inputs, files, the process.
enum ForbiddenNames {
    private static let names: Set<String> = [
        "env", "input", "inputs", "import", "include", "input_filename", "input_line_number", "debug", "stderr",
        "halt", "halt_error", "get_search_list", "modulemeta", "$ENV", "$__prog_args",
    ]

    /// The first such name that is used as a term; `.env` and `{env: 1}` are allowed, because they are members' names.
    static func first(in source: String) -> String? {
        var scanner = Scanner(rest: Array(source.unicodeScalars)[...])
        while let word = scanner.nextWord() {
            if names.contains(word.text), !word.isMember { return word.text }
        }
        return nil
    }

    /// Visits the words outside comments and strings, including those in the interpolations of strings.
    private struct Scanner {
        var rest: ArraySlice<Unicode.Scalar>
        /// For each enclosing string: the depth of parentheses in its interpolation.
        var interpolations: [Int] = []
        var previous: Unicode.Scalar = " "

        mutating func nextWord() -> (text: String, isMember: Bool)? {
            while let scalar = rest.first {
                if Self.isInWord(scalar) { return takeWord() }
                rest.removeFirst()
                switch scalar {
                case "#":
                    rest = rest.drop { $0 != "\n" }
                    continue
                case "\"": skipString()
                case "(": if !interpolations.isEmpty { interpolations[interpolations.count - 1] += 1 }
                case ")": closeParenthesis()
                default: break
                }
                if !scalar.properties.isWhitespace { previous = scalar }
            }
            return nil
        }

        private mutating func takeWord() -> (text: String, isMember: Bool) {
            let word = rest.prefix { Self.isInWord($0) || ("0"..."9").contains($0) }
            rest = rest.dropFirst(word.count)
            var text = String.UnicodeScalarView()
            // jq accepts `then$ENV`, `$ ENV` and even a comment between the two.
            if previous == "$" { text.append("$") }
            text.append(contentsOf: word)
            let next = rest.first { !$0.properties.isWhitespace }
            let isMember = previous == "." || (next == ":" && (previous == "{" || previous == ","))
            previous = "a"
            return (String(text), isMember)
        }

        private static func isInWord(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "_" || scalar.properties.isAlphabetic
        }

        private mutating func closeParenthesis() {
            guard let depth = interpolations.last else { return }
            if depth > 0 {
                interpolations[interpolations.count - 1] -= 1
            } else {
                interpolations.removeLast()
                skipString()
            }
        }

        /// Skips past the closing quote, or into an interpolation.
        private mutating func skipString() {
            while let scalar = rest.popFirst() {
                if scalar == "\"" { return }
                guard scalar == "\\" else { continue }
                if rest.popFirst() == "(" {
                    interpolations.append(0)
                    return
                }
            }
        }
    }
}
