import Basics
import Digests
import Foundation
import Testing

@testable import Blocks

/// Blocks of version 1 as the first build that had them wrote them, byte for byte: every later build must read them.
@Suite struct StoredBlockTests {
    static let hour = Minute.sample
    static let day = Minute("2026-11-21T00:00Z") ?? .sample

    /// What was stored: an hour of 12 coins with a gap, a minute that is missing, a list that is kept as it is, coins that come and go,
    /// a symbol that changes, cells of all kinds, and other columns from minute 50 on.
    static func minute(_ number: Int) -> BlockMinute {
        switch number {
        case 7: return .gap(code: "upstream", detail: "rank: HTTP 502 “Bad Gateway”")
        case 8: return .missing
        case 20:
            return .list(
                BlockList(
                    csv: Array("Rank,Symbol\nkept as it is\n".utf8), columns: Array(Market.columns.utf8), count: 1,
                    fields: fields(number)))
        default: break
        }
        let hasName = number >= 50
        var csv = hasName ? "Rank,Symbol,Price USD,CMC ID,Full Name\r\n" : Market.header
        // The order turns by one now and then, and a coin is away now and then.
        let coins = (0..<12).map { ($0 + number / 15) % 12 }.filter { ($0 + number) % 17 != 0 }
        for (place, coin) in coins.enumerated() {
            let id = [1, 1027, 1839, 52, 5426, 74, 1958, 2010, 1975, 4172, 20314, 9_007_199_254_740_993][coin]
            let symbol =
                switch coin {
                case 0..<4: ["BTC", "\"a,\"\"b\"\"\"", "", "币"][coin]
                case 9: number < 30 ? "LUNA" : "LUNC"
                default: "C\(coin)"
                }
            let price =
                switch coin {
                case 0: "\(109_232 + number).\(number % 90 + 10)"
                case 1: number % 5 == 0 ? "" : "3\(number % 10)00.0605769637"
                case 2: "0.000000012\(number % 10)"
                case 3: "1.50"
                case 4: "\(number)"
                case 5: "123456789012345678901234567890.\(number)"
                default: "\(coin).\((number * 37 + coin * 11) % 1000 + 1000)"
                }
            csv += "\(place + 1),\(symbol),\(price),\(id)" + (hasName ? ",Coin \(coin)" : "") + "\r\n"
        }
        let columns =
            hasName ? Market.columns.dropLast() + #",{"name":"Full Name","type":"string"}]"# : Market.columns[...]
        return .list(
            BlockList(csv: Array(csv.utf8), columns: Array(columns.utf8), count: coins.count, fields: fields(number)))
    }

    private static func fields(_ number: Int) -> [BlockList.Field] {
        var fields: [BlockList.Field] = [.init(name: "matched", value: Array("\(12 + number % 3)".utf8))]
        if number % 4 != 0 { fields.append(.init(name: "note", value: [0xFF, UInt8(number)])) }
        return fields + [
            .init(name: "rank_minute", value: Array("\(hour.advanced(byMinutes: number))".utf8)),
            .init(name: "source", value: Array("toplist".utf8)),
        ]
    }

    private func bytes(_ base64: String) throws -> [UInt8] {
        Array(try #require(Data(base64Encoded: base64, options: .ignoreUnknownCharacters)))
    }

    @Test func `an hour of version 1 is read: all lists, gaps and fields`() async throws {
        let block = try await Block.open(BlockInMemory(try bytes(Self.storedHour)))
        #expect(block.first == Self.hour && block.minutes == 60)
        try await block.verify()
        #expect(try await block.allMinutes() == (0..<60).map(Self.minute))
    }

    @Test func `a day of version 1 is read: all lists, and a coin's history`() async throws {
        let block = try await Block.open(BlockInMemory(try bytes(Self.storedDay)))
        #expect(block.first == Self.day && block.minutes == 1440)
        try await block.verify()
        let expected = Self.dayMinutes
        #expect(try await block.allMinutes() == expected)
        let rows = try await block.rows(ofCoin: 4172, in: 0..<1440, columns: ["Symbol", "Price USD", "Full Name"])
        let lines: [(Int, String)] = expected.enumerated().compactMap { minute, content in
            guard case .list(let list) = content else { return nil }
            let text = String(decoding: list.csv, as: UTF8.self)
            return text.split(separator: "\r\n").first { $0.contains(",4172") }.map { (minute, String($0)) }
        }
        #expect(rows.count == lines.count && rows.count > 100)
        for (row, (minute, line)) in zip(rows.minutes.indices, lines) {
            #expect(rows.minutes[row] == minute)
            let cells = (0..<3).map { rows.cell(row, $0).map { String(decoding: $0, as: UTF8.self) } }
            #expect(line.contains(",\(cells[0] ?? "?"),\(cells[1] ?? "?"),4172\(cells[2].map { ",\($0)" } ?? "")"))
        }
    }

    /// The hour at its place, the same lists again two hours later, and one list at the end.
    static var dayMinutes: [BlockMinute] {
        (0..<1440).map { number in
            switch number {
            case 540..<600: minute(number - 540)
            case 660..<720: minute(number - 660)
            case 1439: minute(3)
            default: .missing
            }
        }
    }

    /// Prints what is stored here, with COINTAPE_PRINT_BLOCKS: for a new version, beside this one.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["COINTAPE_PRINT_BLOCKS"] != nil))
    func `prints the blocks that are stored here`() async throws {
        let contents = [
            BlockContents((0..<60).map(Self.minute), first: Self.hour),
            BlockContents(Self.dayMinutes, first: Self.day),
        ]
        for contents in contents {
            print(Data(contents.bytes).base64EncodedString(options: .lineLength76Characters))
        }
    }

    private static let storedHour = """
        Y29pbnRhcGUBADwA2gEAAFyOyAEAAAAAqwoAAAAAAADmAAAAAAAAABoAAAAAAAAA7gsAAAAAAADSiX7dpbpjnQKNAVt7Im5hbWUiOiJSYW5rIiwi
        dHlwZSI6ImludGVnZXIifSx7Im5hbWUiOiJTeW1ib2wiLCJ0eXBlIjoic3RyaW5nIn0seyJuYW1lIjoiUHJpY2UgVVNEIiwidHlwZSI6ImRlY2lt
        YWwifSx7Im5hbWUiOiJDTUMgSUQiLCJ0eXBlIjoiaW50ZWdlciJ9XQQEB21hdGNoZWQEbm90ZQtyYW5rX21pbnV0ZQZzb3VyY2WyAVt7Im5hbWUi
        OiJSYW5rIiwidHlwZSI6ImludGVnZXIifSx7Im5hbWUiOiJTeW1ib2wiLCJ0eXBlIjoic3RyaW5nIn0seyJuYW1lIjoiUHJpY2UgVVNEIiwidHlw
        ZSI6ImRlY2ltYWwifSx7Im5hbWUiOiJDTUMgSUQiLCJ0eXBlIjoiaW50ZWdlciJ9LHsibmFtZSI6IkZ1bGwgTmFtZSIsInR5cGUiOiJzdHJpbmci
        fV0EBAdtYXRjaGVkBG5vdGULcmFua19taW51dGUGc291cmNlAgZTeW1ib2wJRnVsbCBOYW1lAjIBAapqqKqqq6qqqqqqqgrSERoKAgGqqgrZAwAM
        ATMWuQesBncRI/IQ5gmodKfh/v////8PECVjeEm65gHuF6AQ/ofUakHIR6XRuj6A5e5umjPFNIwOBy46akPDP6WGv0yN3gmybv/Skhm8VtTnrMR4
        NrKrmw+WuzPsht9XMue/bp2lxIHFFhNmbw7N/+cYQriSr7zlVriYbuFjksTqr1oPzElB9TCj9kBkRDd6keQdApPqJlbWKZ2PNNvePnsKxNdugCdM
        Qy5F379GtTMdAHw8Hr3FMc/BS6qxJJb5XIeEE7+xqTx2GOSCSr1v/+TbwvMODNksYxPZ5ciMm2m7cJIKXa/1YTQTZb5BcA8NHiJIaRJUiAmh6KcW
        LbjaTymfRtbIFJU2Hr9YvGEUH0I9YnDXmgkAs4qysDMnYu+RHe9Z4j6TBUZsjPu0UGDOXKTPAR6hbcokan+42jffNezMtPFQ1qyLbZYTeHzV/IDc
        k5g24tR6H+TyPSzoHlYfEQ94fzEin+KNHrKNzoFHYiWY3L/WvFXCUVNwqXRDd7UCOZfrx7QHKNkGgYnoxiIVkilrKbCADCIf9arfeZt1js+WYdvk
        HbT+JStuINx/H7yObzmkzhEST3j/c4d6ed6zBbhKABfkbnS2GT3NCcY5vi++NeJ6KjXYZoY9drBZVUbSwDXg0A+vCAXkp+VOheFE6v5n4uPaoMW/
        Yp+V7kRP9/9KDz/a4qQK6xBcUjeiSzMQ6hleimd6OoGSEZ8l0WICdpGMnUJ5C35oErL8EJaz46XfzNmOgCk+M3TkC6zs0sFPCvVdgMM5VRmCQO9V
        BJjFuFSorQe5wxHulNzJX6Vq85XJn6A1RaQYOOUFdhVTdphZBXlIqhcVgtzMLTmc3Vs9cdIH/kTkVxj4o+qVBbL/qKNfCM8qC3HDgRXWHav6gUs0
        B46t4RIaRRz/Y3yBamKYqPPc2iqHZjg48QpNoZSId8RsFZ+DqH31IKM2oFMTyZBanXDFsYpvNv/F95ZCzFgEDsF1yS/n14nVJaW0w1Wu8duVrrCv
        loXnR7v02wwYgaqbDzraDAjNEnwCVWZhVEQJ6U/pg2ceKC7tMwf4ziNJ6lT+ZdEYYJkqghfIdUovQRYWhTlQWGMgqbXELaU48GRPuDqaKoavm4yi
        ZvrBi06mDL3KJKnmOCjpo+u7rzEvQT1z0CJrBMeRo+e0Pawg1ugkqTWtkNnIOdEWdZaSg6RS7MSqkiWvWCqqVvXCo81+P2JKwiW1K5rNC0LHTymq
        JzAUHQ4NCyT1Aw8zjzQJ2m8Puax1pViUvfWDsIbzAAn9C5Wau7+MXa6ry47VxrDgjZoFE5QDHwyp96fjO8IQ66895xKHx4fPdNjoMQMPfRbmhx+n
        E39Ks0kyDGkvcEDAV9dSpLLfPF1PYY5XX9b/uynjGs11LonDHlx0fs3Y5qw/HgmcgCO7TGbu33+VCpiQQwAxmXqp3qImWBYeEpADqCPCXC7v7xSo
        NXMgFjTSiIl9ZmiiDeVqAzTWlNymFjphJSuXkyDwTUiNtS1p1hL1JmdBtD3JaTNpHW09PVFF3sccuE+jWkMpyRneOznhk6CHmu0YdIZ6XeB0KpZi
        7qNO/pKKgWz4fyyMNBY+65wbyNJGqNvykB5Kg2buYCPYT/wIxD4TQLHV5KgqQ760pyjS8f9bTVeBcTyKZD40mYFtlfnhol0JhWkpbZiRst8N9R5F
        4m+NHdiJETq0cbNxH/onnEuWa4Z5OwZMdI/Dow6nV0R+CeEkJPbByIE/g6bO5nMj74mthhTl2ucLSq3QR7JENDR3Tj3nzRTnKXTn9LGHfHxFOy1x
        j/QcqCxPA9f89rJpYPHoIBLT0Ss36TtKGInj5z9AIcN7lymjRx7M7Yco1QOh6ljzjOwgPE7OAucjtB3pm+G63g5LZSpBjOMBJcQTWtc3/5PnUzty
        nzEEiH8xrlbR35f3rk7e5FW5ybyEU4YnckooePUwG8nqMyq2BBPmU+AXUJonlW1rkfGkb8VSJnm732XFk32cGCHQXSwsM+c5rN+SyPgrlPp+v4TN
        vuZGEWFugwp4K/0INiHj87cpPUcw6s/ExY5WtWIl/Vop/2ggpimaoQNoaDibN55Iul0I9fS46YvirRoIdXBzdHJlYW0gcmFuazogSFRUUCA1MDIg
        4oCcQmFkIEdhdGV3YXnigJ2EVQgBtAAIAQj6+IJQAIELkiYladKkSZMmTZo0adKkSZOG++7u7u7uggQE/gcAA/8FAgP/B4ID/wsEBv4bCA38TxAc
        +K8gPPB/YcDA/4YhA/8dBg38fxg28D9i4MB/iaED/ycGD/yvGD7w34KAgf8XRAz8zyBk4L8GMQP/Nwga+N9B1MB/D8IG/n8QN/A/hMCB/yJEDvwf
        IXTgfwmxA/9NCB74f0L0wP8Uwgf+qxA/8H+lAAP/W4ow8N+lEAP/X4ox8D+mM1yOyBNIkkySJEmSJEmSJEmSJEmSJMkLGCCc7g2OLW2ODiic7g2O
        LW2OLlA43RscW9ocXbBwujc4trQ5OoHC6d7g2NLm6IQKp3uDY0uboxMsnO4Nji1tjk64cLo3OLa0OboBhdO9wbGlzdENKZzuDY4tbY5uUOF0b3Bs
        aXN0wwqne4NjS5ujG1g43RscW9oc3dDC6d7g2NLm6AYXTvcGx5Y2Rze8cLo3OLa0OToCCqd7g2NLm6MjonC6Nzi2tDk6Qgqne4NjS5ujI6Zwujc4
        trQ5OoIKp3uDY0uboyOqcLo3OLa0OTrCCqd7g2NLm6MjrnC6Nzi2tDk6Agune4NjS5ujI7Jwujc4trQ5OkILp3uDY0uboyO2cLo3OLa0OTqCC6d7
        g2NLm6MjunC6Nzi2tDk6wgune4NjS5ujI75wujc4trQ5ugIUTvcGx5Y2R1eEwune4NjS5ugKUTjdGxxb2hxdMQqne4NjS5ujK0jhdG9wbGlzdEUp
        nO4Nji1tjq4whdO9wbGlzdEVp3C6Nzi2tDm6AhVO9wbHljZHV6TC6d7g2NLm6ApVON0bHFvaHF2xCqd7g2NLm6MrWOF0b3BsaXN0RSuc7g2OLW2O
        rnCF073BsaXN0RWvcLo3OLa0OTrhqBjyDl89939Pik7ekCRqbRSpE7tJJ1xbHZRxhwvNXc4uby4D8x2hdduoewYbUHE9FWfpvtoT/BGrRw7k9Sce
        tu3DXVaz/KthLZUPCOYlebEaBIYMbKbH40pQKZ1wsMGMvWEQ6JNf2g0ama24F8Yjp3eUSwleLg+Voeda/6SvtZ/S1B9Bv5Wz50apcmWauaH10+Ih
        vCfYvzaZXvs1Fma1A7PaqqnA6pjSFH+Ct3kZqzr8mIaxNxV6o3I2Xi4aKJygKwsZ7OBqJrSuaswHjXZ/HRU/vldBHHlVl/U8JAiW7V6Gx21UfQaN
        Nc8s27sDlnV1kHm52P7uQBR44OVJNf1E9oj01clIj+ayD9MwxgJj793jgDFuFlADbvUjLuwSDZTpN1KqfUjeKJkcxprWiEa1/Me30gOXx7qwwRkr
        ql/GM/iMYQSEDTCIAgieYNKkSbsfEBD4LwMM/J8JDPyvCQ78txEY+H8jNPA/R3Dgv47wwP+dzjg6Ik8gSZLkgwKE073BsaXN0QGF073BsaXN0QUK
        p3uDY0ubowsWTvcGx5Y2RydQON0bHFvaHJ1Q4XRvcGxpc3SChdO9wbGlzdEJF073BseWNkc3oHC6Nzi2tDm6IYXTvcGxpc3RAVCOrS4ATBgBAQNC
        VEMBMgZDb2luIDAAFwkBAAPluIEBMgZDb2luIDMA7wE6AQAJImEsIiJiIiIiATMGQ29pbiAxACsQAQAAATIGQ29pbiAyACgNAQACQzQBMgZDb2lu
        IDQBtgzrAgEAAkM1ATIGQ29pbiA1AkYWAQACQzYBMgZDb2luIDYDRxYBAAJDNwEyBkNvaW4gNwRHFgEAAkM4ATIGQ29pbiA4BUcWAgAETFVOQR4E
        TFVOQwEyBkNvaW4gOQZHGAEAA0MxMAEyB0NvaW4gMTAHRhgBAANDMTEBMgdDb2luIDExse8ajFJhbmssU3ltYm9sCmtlcHQgYXMgaXQgaXMK/P/+
        //7/gQYAKAIJQvyvIEgB89JqGkKZMmXKlOdFmTJlypQpU46ScpSUKVOmTJkyZcqUKVOmHCVlypQpU6ZMmTJlypQpU6YMde1agPonaAAIChhCYNOQ
        KClTpkyZMmXK1/NGmP7f/9//v4IDBsAZAGoACBQQlgDqLjfcA6GAsASMgsh2/n//f///gQYBEAAihCj/FTwkACAUMCBgaABRAYQGEB5QjIACBaS0
        Sn8wyGN4KQAQpdToAECUUqMDAFFKjR4AEKXU6AGAee/T/fv/h1JqBABEKTU6ABCl1OgAQJRSow8AzHufLgAQpdToAECUUqP//f9DKTUCAKKUGh0A
        iFJqdAAgSqnRAwCilBoNAEQpNToAEKXU6ABAlFKj//3/Qyk1AgCilBo9ACBKqdEBAFFKjQYAopQaHQCIUmp0ACBKqdH//v+hlBoBAFFKjQ4ARCk1
        OgAQpdToAQBRSo0GAKKUGh0AiFJqdAAgSqnRAURlGYD8J2jAIAIFAlJapT8Y5DG8FACIUmp0ACBKqdEBgCilRg8AiFJqNAAQpdToAECUUqMDAFFK
        jQ5xP6K//r//v/9/AhUCYAAEACEKbyoHfAJJkvkiySB5kyRJvhgkSb5IkiQB22gkTQkbYBBUDvgEkiRJAtYQJnz+7//v/98DBgxAGQDOAJAmAJBA
        kmSSDJJkkCRJBkmSJEmSDAJN/mzhBSLAICeQJEkS/9eb//73//f/74MGDCAZAMcAULZgAQUYIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwPj
        AgMswBiZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcGJeYwAKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxkQkuwBiZGZoamxucHJgY
        mRmaGpsbnByYGJkZmhqbG5wcGJcZgQUYIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwPjQiO0AGNkZmhqbG5wcmBiZGZoamxucHJgYmRmaGps
        bnByYFxqBBdgjMwMTY3NDU4OTIzMDE2NzQ1ODkyMzAxNjc0NTg6Mi43wAoyRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHJgXHJGbAIY2RmaGps
        bnByYGJkZmhqbG5wcmBiZGZoamxucHJgXGJghizCGJkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnBwYl5iYQYswRmaGpsbmBicHJkZmhqbG5gYn
        ByZGZoamxuYGJwfGJWZm2CKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxiaEZuAhjZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBc
        YmqGLsIYmRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHBiXGJvBizBGZoamxuYGJwcmRmaGpsbmBicHJkZmhqbG5gYnB8Yl5mb4IoyRmaGpsbnB
        yYGJkZmhqbG5wcmBiZGZoamxucHJgXGJwSFgEcbIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwLjE5BCxCGNkZmhqbG5wcmBiZGZoamxucHJg
        YmRmaGpsbnByYFxkYghZhDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MC4yMsQswhiZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcGBeZ
        GYIWYYzMDE2NzQ1ODkyMzAxNjc0NTg5MjMwMTY3NDU4OjIsMDVGLMEZmhqbG5gYnByZGZoamxuYGJwcmRmaGpsbmBicHxkWmhrBFGCMzQ1Njc4OT
        AxMjM0NTY3ODkwMTIzNDU2Nzg5MD4yJjQ9wijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcZG5IXARxsjM0NTY3ODkwMTIzNDU2Nzg5MDE
        yMzQ1Njc4OTAuMjgELkIY2RmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHJgXGZgCF2EMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwLjMx
        xC7CGJkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnBwYlxkZghdhjMwMTY3NDU4OTIzMDE2NzQ1ODkyMzAxNjc0NTg6My8wM0YswRmaGpsbmBicH
        JkZmhqbG5gYnByZGZoamxuYGJwfGZYaG8EUYIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwPjMlND/CKMkZmhqbG5wcmBiZGZoamxucHJgYmR
        maGpsbnByYFxmbEpwCKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxmbkpwiKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxmcEp
        xCKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxmckpxiKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxoYEpyCKMkZmhqbG5wcmB
        iZGZoamxucHJgYmRmaGpsbnByYFxoYkpyiKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxoZEpzCKMkZmhqbG5wcmBiZGZoamxucHJgYmR
        maGpsbnByYFxoZkpziKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxoaEp0CKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxoakp
        0iKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxobkp1CKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxocEp1iKMkZmhqbG5wcmB
        iZGZoamxucHJgYmRmaGpsbnByYFxockBpR5beQVzUEARxsjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAuNTAAIswRmaGpsbmBicHJkZmhqbG
        5gYnByZGZoamxuYGJwfGpSYmsAhjZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcamSCizBGZoamxuYGJwcmRmaGpsbmBicHJkZmhqbG5gYn
        B8alZkZgEcbIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwLjU0AgtwhiZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcGJeaGsFFGCMzQ1Nj
        c4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MD41JjI7wIY2RmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHJgXGpuBizCGJkZmhqbG5wcmBiZGZoamxuc
        HJgYmRmaGpsbnBwYlxqcIYswRmaGpsbmBicHJkZmhqbG5gYnByZGZoamxuYGJwfGpSYHbMKPBP77//v/9wMHDBAZgGIAOEYCoujeQUlJSUlJmZcy
        CiUlJSUlJWUUSkpKyv+/AmUUSkpKSkpKSkpKSkpKSkrKKJSUlHOAF2IHhASEO76DkvL/r0BJSUlJSQk/4lam/v3//f/7gwcMCBlAYgAcRiJSWrGD
        kpKSkpIybxRKSkpKSkpKyiiUlJT/fwXKKJSUlJSUlJSUlJSUlJSUlFEoKSkpAYyUmn4HhUTkHmMH5f9fgZKSkpKSkhKmFWWB/v7//v/9BAwYCDJA
        xAAURiICzLODkpKSkpJyKEpKSkpKSkpKyiiUlJT/f4UolJSUlJSUlJSUlJSUlJSUUSgpKSkpAemRZk8HhkREAmgH5f9fgZKSkpKSkhLlkjO//v9/
        ///+hAwYCGRAiAEkjERke2wHJSUlJSVlXkpKSkpKSkpKSsoolJSU/78dJSUlJSUlJSUlJSUlJSVlFEpKSkpKSr0Hk7v+GxwSkZazIZT+CilRokSJ
        EiVAWO3H/v+//3//BA0YCGQgiAEijETEXnEHJSUlJSVlXkpKSkpKSkpKSsoolJT/vx0lJSUlJSUlJSUlJSUlJWUUSkpKSkpKSjlU7pr+JWAAIBIR
        JMchlP4KKVGiRIkSStJAn9l+/9//v/+EDRgEMgjEgBBGIhIhu4OSkpKScihKSkpKSkpKSkrKKJT/vx0lJSUlJSUlJSUlJSUlJWUUSkpKSkpKSkpq
        /ceu/iZkABARkbHaIX+FlChRokQJJSVNzDQE
        """
    private static let storedDay = """
        Y29pbnRhcGUBAKAFrgMAAECMyAEAAAAA5hUAAAAAAAA0AgAAAAAAADQAAAAAAAAAcxgAAAAAAADrNGmXmjpv0wKNAVt7Im5hbWUiOiJSYW5rIiwi
        dHlwZSI6ImludGVnZXIifSx7Im5hbWUiOiJTeW1ib2wiLCJ0eXBlIjoic3RyaW5nIn0seyJuYW1lIjoiUHJpY2UgVVNEIiwidHlwZSI6ImRlY2lt
        YWwifSx7Im5hbWUiOiJDTUMgSUQiLCJ0eXBlIjoiaW50ZWdlciJ9XQQEB21hdGNoZWQEbm90ZQtyYW5rX21pbnV0ZQZzb3VyY2WyAVt7Im5hbWUi
        OiJSYW5rIiwidHlwZSI6ImludGVnZXIifSx7Im5hbWUiOiJTeW1ib2wiLCJ0eXBlIjoic3RyaW5nIn0seyJuYW1lIjoiUHJpY2UgVVNEIiwidHlw
        ZSI6ImRlY2ltYWwifSx7Im5hbWUiOiJDTUMgSUQiLCJ0eXBlIjoiaW50ZWdlciJ9LHsibmFtZSI6IkZ1bGwgTmFtZSIsInR5cGUiOiJzdHJpbmci
        fV0EBAdtYXRjaGVkBG5vdGULcmFua19taW51dGUGc291cmNlAgZTeW1ib2wJRnVsbCBOYW1lGjwAAAAAAAAAAAAAAAAAAAAAAAQAPAAAAAAAAAAA
        AAAAAAAAAAAABAA8AAAAAAAAAAAAAAAAAAAAAAAEADwAAAAAAAAAAAAAAAAAAAAAAAQAPAAAAAAAAAAAAAAAAAAAAAAABAA8AAAAAAAAAAAAAAAA
        AAAAAAAEADwAAAAAAAAAAAAAAAAAAAAAAAQAPAAAAAAAAAAAAAAAAAAAAAAABAA8AAAAAAAAAAAAAAAAAAAAAAAEADIBAapqqKqqq6qqqqqqqgrS
        ERoKAgGqqgrZAwA8AAAAAAAAAAAAAAAAAAAAAAAEADIBAapqqKqqq6qqqqqqqgrSERoKAgGqqgrZAwA8AAAAAAAAAAAAAAAAAAAAAAAEADwAAAAA
        AAAAAAAAAAAAAAAAAAQAPAAAAAAAAAAAAAAAAAAAAAAABAA8AAAAAAAAAAAAAAAAAAAAAAAEADwAAAAAAAAAAAAAAAAAAAAAAAQAPAAAAAAAAAAA
        AAAAAAAAAAAABAA8AAAAAAAAAAAAAAAAAAAAAAAEADwAAAAAAAAAAAAAAAAAAAAAAAQAPAAAAAAAAAAAAAAAAAAAAAAABAA8AAAAAAAAAAAAAAAA
        AAAAAAAEADwAAAAAAAAAAAAAAAAAAAAAAAQAPAEBAAAAAAAAAAAAAAAAAACAPAAMATMWuQesBncRI/IQ5gmodKfh/v////8PECVjeEm6tATzMAAA
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAKAQ/ofUakHIR6XRuj6A5e5umjPFNIwOBy46akPDP6WGv0yN3gmybv/Skhm8VtTnrMR4
        NrKrmw+WuzPsht9XMue/bp2lxIHFFhNmbw7N/+cYQriSr7zlVriYbuFjksTqr1oPzElB9TCj9kBkRDd6keQdApPqJlbWKZ2PNNvePnsKxNdugCdM
        Qy5F379GtTMdAHw8Hr3FMc/BS6qxJJb5XIeEE7+xqTx2GOSCSr1v/+TbwvMODNksYxPZ5ciMm2m7cJIKXa/1YTQTZb5BcA8NHiJIaRJUiAmh6KcW
        LbjaTymfRtbIFJU2Hr9YvGEUH0I9YnDXmgkAs4qysDMnYu+RHe9Z4j6TBUZsjPu0UGDOXKTPAR6hbcokan+42jffNezMtPFQ1qyLbZYTeHzV/IDc
        k5g24tR6H+TyPSzoHlYfEQ94fzEin+KNHrKNzoFHYiWY3L/WvFXCUVNwqXRDd7UCOZfrx7QHKNkGgYnoxiIVkilrKbCADCIf9arfeZt1js+WYdvk
        HbT+JStuINx/H7yObzmkzhEST3j/c4d6ed6zBbhKABfkbnS2GT3NCcY5vi++NeJ6KjXYZoY9drBZVUbSwDXg0A+vCAXkp+VOheFE6v5n4uPaoMW/
        Yp+V7kRP9/9KDz/a4qQK6xBcUjeiSzMQ6hleimd6OoGSEZ8l0WICdpGMnUJ5C35oErL8EJaz46XfzNmOgCk+M3TkC6zs0sFPCvVdgMM5VRmCQO9V
        BJjFuFSorQe5wxHulNzJX6Vq85XJn6A1RaQYOOUFdhVTdphZBXlIqhcVgtzMLTmc3Vs9cdIH/kTkVxj4o+qVBbL/qKNfCM8qC3HDgRXWHav6gUs0
        B46t4RIaRRz/Y3yBamKYqPPc2iqHZjg48QpNoZSId8RsFZ+DqH31IKM2oFMTyZBanXDFsYpvNv/F95ZCzFgEDsF1yS/n14nVJaW0w1Wu8duVrrCv
        loXnR7v02wwYgaqbDzraDAjNEnwCVWZhVEQJ6U/pg2ceKC7tMwf4ziNJ6lT+ZdEYYJkqghfIdUovQRYWhTlQWGMgqbXELaU48GRPuDqaKoavm4yi
        ZvrBi06mDL3KJKnmOCjpo+u7rzEvQT1z0CJrBMeRo+e0Pawg1ugkqTWtkNnIOdEWdZaSg6RS7MSqkiWvWCqqVvXCo81+P2JKwiW1K5rNC0LHTymq
        JzAUHQ4NCyT1Aw8zjzQJ2m8Puax1pViUvfWDsIbzAAn9C5Wau7+MXa6ry47VxrDgjZoFE5QDHwyp96fjO8IQ66895xKHx4fPdNjoMQMPfRbmhx+n
        E39Ks0kyDGkvcEDAV9dSpLLfPF1PYY5XX9b/uynjGs11LonDHlx0fs3Y5qw/HgmcgCO7TGbu33+VCpiQQwAxmXqp3qImWBYeEpADqCPCXC7v7xSo
        NXMgFjTSiIl9ZmiiDeVqAzTWlNymFjphJSuXkyDwTUiNtS1p1hL1JmdBtD3JaTNpHW09PVFF3sccuE+jWkMpyRneOznhk6CHmu0YdIZ6XeB0KpZi
        7qNO/pKKgWz4fyyMNBY+65wbyNJGqNvykB5Kg2buYCPYT/wIxD4TQLHV5KgqQ760pyjS8f9bTVeBcTyKZD40mYFtlfnhol0JhWkpbZiRst8N9R5F
        4m+NHdiJETq0cbNxH/onnEuWa4Z5OwZMdI/Dow6nV0R+CeEkJPbByIE/g6bO5nMj74mthhTl2ucLSq3QR7JENDR3Tj3nzRTnKXTn9LGHfHxFOy1x
        j/QcqCxPA9f89rJpYPHoIBLT0Ss36TtKGInj5z9AIcN7lymjRx7M7Yco1QOh6ljzjOwgPE7OAucjtB3pm+G63g5LZSpBjOMBJcQTWtc3/5PnUzty
        nzEEiH8xrlbR35f3rk7e5FW5ybyEU4YnckooePUwG8nqMyq2BBPmU+AXUJonlW1rkfGkb8VSJnm732XFk32cGCHQXSwsM+c5rN+SyPgrlPp+v4TN
        vuZGEWFugwp4K/0INiHj87cpPUcw6s/ExY5WtWIl/Vop/2ggpimaoQNoaDibN55Iul0I9fS46YvirRoIdXBzdHJlYW0gcmFuazogSFRUUCA1MDIg
        4oCcQmFkIEdhdGV3YXnigJ2EVQgBtAAIAQj6+IJQAIELkiYladKkSZMmTZo0adKkSZOG++7u7u7uggQE/gcAA/8FAgP/B4ID/wsEBv4bCA38TxAc
        +K8gPPB/YcDA/4YhA/8dBg38fxg28D9i4MB/iaED/ycGD/yvGD7w34KAgf8XRAz8zyBk4L8GMQP/Nwga+N9B1MB/D8IG/n8QN/A/hMCB/yJEDvwf
        IXTgfwmxA/9NCB74f0L0wP8Uwgf+qxA/8H+lAAP/W4ow8N+lEAP/X4ox8D+mM1yOyBNIkkySJEmSJEmSJEmSJEmSJMkLGCCc7g2OLW2ODiic7g2O
        LW2OLlA43RscW9ocXbBwujc4trQ5OoHC6d7g2NLm6IQKp3uDY0uboxMsnO4Nji1tjk64cLo3OLa0OboBhdO9wbGlzdENKZzuDY4tbY5uUOF0b3Bs
        aXN0wwqne4NjS5ujG1g43RscW9oc3dDC6d7g2NLm6AYXTvcGx5Y2Rze8cLo3OLa0OToCCqd7g2NLm6MjonC6Nzi2tDk6Qgqne4NjS5ujI6Zwujc4
        trQ5OoIKp3uDY0uboyOqcLo3OLa0OTrCCqd7g2NLm6MjrnC6Nzi2tDk6Agune4NjS5ujI7Jwujc4trQ5OkILp3uDY0uboyO2cLo3OLa0OTqCC6d7
        g2NLm6MjunC6Nzi2tDk6wgune4NjS5ujI75wujc4trQ5ugIUTvcGx5Y2R1eEwune4NjS5ugKUTjdGxxb2hxdMQqne4NjS5ujK0jhdG9wbGlzdEUp
        nO4Nji1tjq4whdO9wbGlzdEVp3C6Nzi2tDm6AhVO9wbHljZHV6TC6d7g2NLm6ApVON0bHFvaHF2xCqd7g2NLm6MrWOF0b3BsaXN0RSuc7g2OLW2O
        rnCF073BsaXN0RWvcLo3OLa0OTrhqBjyDl89939Pik7ekCRqbRSpE7tJJ1xbHZRxhwvNXc4uby4D8x2hdduoewYbUHE9FWfpvtoT/BGrRw7k9Sce
        tu3DXVaz/KthLZUPCOYlebEaBIYMbKbH40pQKZ1wsMGMvWEQ6JNf2g0ama24F8Yjp3eUSwleLg+Voeda/6SvtZ/S1B9Bv5Wz50apcmWauaH10+Ih
        vCfYvzaZXvs1Fma1A7PaqqnA6pjSFH+Ct3kZqzr8mIaxNxV6o3I2Xi4aKJygKwsZ7OBqJrSuaswHjXZ/HRU/vldBHHlVl/U8JAiW7V6Gx21UfQaN
        Nc8s27sDlnV1kHm52P7uQBR44OVJNf1E9oj01clIj+ayD9MwxgJj793jgDFuFlADbvUjLuwSDZTpN1KqfUjeKJkcxprWiEa1/Me30gOXx7qwwRkr
        ql/GM/iMYQSEDTCIAgieYNKkSbsfEBD4LwMM/J8JDPyvCQ78txEY+H8jNPA/R3Dgv47wwP+dzjg6Ik8gSZLkgwKE073BsaXN0QGF073BsaXN0QUK
        p3uDY0ubowsWTvcGx5Y2RydQON0bHFvaHJ1Q4XRvcGxpc3SChdO9wbGlzdEJF073BseWNkc3oHC6Nzi2tDm6IYXTvcGxpc3RAVCOrS4AAAAAoBD+
        h9RqQchHpdG6PoDl7m6aM8U0jA4HLjpqQ8M/pYa/TI3eCbJu/9KSGbxW1OesxHg2squbD5a7M+yG31cy579unaXEgcUWE2ZvDs3/5xhCuJKvvOVW
        uJhu4WOSxOqvWg/MSUH1MKP2QGREN3qR5B0Ck+omVtYpnY80294+ewrE126AJ0xDLkXfv0a1Mx0AfDwevcUxz8FLqrEklvlch4QTv7GpPHYY5IJK
        vW//5NvC8w4M2SxjE9nlyIybabtwkgpdr/VhNBNlvkFwDw0eIkhpElSICaHopxYtuNpPKZ9G1sgUlTYev1i8YRQfQj1icNeaCQCzirKwMydi75Ed
        71niPpMFRmyM+7RQYM5cpM8BHqFtyiRqf7jaN9817My08VDWrIttlhN4fNX8gNyTmDbi1Hof5PI9LOgeVh8RD3h/MSKf4o0eso3OgUdiJZjcv9a8
        VcJRU3CpdEN3tQI5l+vHtAco2QaBiejGIhWSKWspsIAMIh/1qt95m3WOz5Zh2+QdtP4lK24g3H8fvI5vOaTOERJPeP9zh3p53rMFuEoAF+RudLYZ
        Pc0Jxjm+L7414noqNdhmhj12sFlVRtLANeDQD68IBeSn5U6F4UTq/mfi49qgxb9in5XuRE/3/0oPP9ripArrEFxSN6JLMxDqGV6KZ3o6gZIRnyXR
        YgJ2kYydQnkLfmgSsvwQlrPjpd/M2Y6AKT4zdOQLrOzSwU8K9V2AwzlVGYJA71UEmMW4VKitB7nDEe6U3MlfpWrzlcmfoDVFpBg45QV2FVN2mFkF
        eUiqFxWC3MwtOZzdWz1x0gf+RORXGPij6pUFsv+oo18IzyoLccOBFdYdq/qBSzQHjq3hEhpFHP9jfIFqYpio89zaKodmODjxCk2hlIh3xGwVn4Oo
        ffUgozagUxPJkFqdcMWxim82/8X3lkLMWAQOwXXJL+fXidUlpbTDVa7x25WusK+WhedHu/TbDBiBqpsPOtoMCM0SfAJVZmFURAnpT+mDZx4oLu0z
        B/jOI0nqVP5l0RhgmSqCF8h1Si9BFhaFOVBYYyCptcQtpTjwZE+4Opoqhq+bjKJm+sGLTqYMvcokqeY4KOmj67uvMS9BPXPQImsEx5Gj57Q9rCDW
        6CSpNa2Q2cg50RZ1lpKDpFLsxKqSJa9YKqpW9cKjzX4/YkrCJbUrms0LQsdPKaonMBQdDg0LJPUDDzOPNAnabw+5rHWlWJS99YOwhvMACf0LlZq7
        v4xdrqvLjtXGsOCNmgUTlAMfDKn3p+M7whDrrz3nEofHh8902OgxAw99FuaHH6cTf0qzSTIMaS9wQMBX11Kkst88XU9hjldf1v+7KeMazXUuicMe
        XHR+zdjmrD8eCZyAI7tMZu7ff5UKmJBDADGZeqneoiZYFh4SkAOoI8JcLu/vFKg1cyAWNNKIiX1maKIN5WoDNNaU3KYWOmElK5eTIPBNSI21LWnW
        EvUmZ0G0PclpM2kdbT09UUXexxy4T6NaQynJGd47OeGToIea7Rh0hnpd4HQqlmLuo07+koqBbPh/LIw0Fj7rnBvI0kao2/KQHkqDZu5gI9hP/AjE
        PhNAsdXkqCpDvrSnKNLx/1tNV4FxPIpkPjSZgW2V+eGiXQmFaSltmJGy3w31HkXib40d2IkROrRxs3Ef+iecS5Zrhnk7Bkx0j8OjDqdXRH4J4SQk
        9sHIgT+Dps7mcyPvia2GFOXa5wtKrdBHskQ0NHdOPefNFOcpdOf0sYd8fEU7LXGP9ByoLE8D1/z2smlg8eggEtPRKzfpO0oYiePnP0Ahw3uXKaNH
        HszthyjVA6HqWPOM7CA8Ts4C5yO0Hemb4breDktlKkGM4wElxBNa1zf/k+dTO3KfMQSIfzGuVtHfl/euTt7kVbnJvIRThidySih49TAbyeozKrYE
        E+ZT4BdQmieVbWuR8aRvxVImebvfZcWTfZwYIdBdLCwz5zms35LI+CuU+n6/hM2+5kYRYW6DCngr/Qg2IePztyk9RzDqz8TFjla1YiX9Win/aCCm
        KZqhA2hoOJs3nki6XQj19Ljpi+KtGgh1cHN0cmVhbSByYW5rOiBIVFRQIDUwMiDigJxCYWQgR2F0ZXdheeKAnYRVCAG0AAgBCPr4glAAgQuSJiVp
        0qRJkyZNmjRp0qRJk4b77u7u7u6CBAT+BwAD/wUCA/8HggP/CwQG/hsIDfxPEBz4ryA88H9hwMD/hiED/x0GDfx/GDbwP2LgwH+JoQP/JwYP/K8Y
        PvDfgoCB/xdEDPzPIGTgvwYxA/83CBr430HUwH8Pwgb+fxA38D+EwIH/IkQO/B8hdOB/CbED/00IHvh/QvTA/xTCB/6rED/wf6UAA/9bijDw36UQ
        A/9fijHwP6YzXI7IE0iSTJIkSZIkSZIkSZIkSZIkyQsYIJzuDY4tbY4OKJzuDY4tbY4uUDjdGxxb2hxdsHC6Nzi2tDk6gcLp3uDY0ubohAqne4Nj
        S5ujEyyc7g2OLW2OTrhwujc4trQ5ugGF073BsaXN0Q0pnO4Nji1tjm5Q4XRvcGxpc3TDCqd7g2NLm6MbWDjdGxxb2hzd0MLp3uDY0uboBhdO9wbH
        ljZHN7xwujc4trQ5OgIKp3uDY0uboyOicLo3OLa0OTpCCqd7g2NLm6MjpnC6Nzi2tDk6ggqne4NjS5ujI6pwujc4trQ5OsIKp3uDY0uboyOucLo3
        OLa0OToCC6d7g2NLm6MjsnC6Nzi2tDk6Qgune4NjS5ujI7Zwujc4trQ5OoILp3uDY0uboyO6cLo3OLa0OTrCC6d7g2NLm6MjvnC6Nzi2tDm6AhRO
        9wbHljZHV4TC6d7g2NLm6ApRON0bHFvaHF0xCqd7g2NLm6MrSOF0b3BsaXN0RSmc7g2OLW2OrjCF073BsaXN0RWncLo3OLa0OboCFU73BseWNkdX
        pMLp3uDY0uboClU43RscW9ocXbEKp3uDY0uboytY4XRvcGxpc3RFK5zuDY4tbY6ucIXTvcGxpc3RFa9wujc4trQ5OuGoGPIOXz33f0+KTt6QJGpt
        FKkTu0knXFsdlHGHC81dzi5vLgPzHaF126h7BhtQcT0VZ+m+2hP8EatHDuT1Jx627cNdVrP8q2EtlQ8I5iV5sRoEhgxspsfjSlApnXCwwYy9YRDo
        k1/aDRqZrbgXxiOnd5RLCV4uD5Wh51r/pK+1n9LUH0G/lbPnRqlyZZq5ofXT4iG8J9i/Nple+zUWZrUDs9qqqcDqmNIUf4K3eRmrOvyYhrE3FXqj
        cjZeLhoonKArCxns4GomtK5qzAeNdn8dFT++V0EceVWX9TwkCJbtXobHbVR9Bo01zyzbuwOWdXWQebnY/u5AFHjg5Uk1/UT2iPTVyUiP5rIP0zDG
        AmPv3eOAMW4WUANu9SMu7BINlOk3Uqp9SN4omRzGmtaIRrX8x7fSA5fHurDBGSuqX8Yz+IxhBIQNMIgCCJ5g0qRJux8QEPgvAwz8nwkM/K8JDvy3
        ERj4fyM08D9HcOC/jvDA/53OODoiTyBJkuSDAoTTvcGxpc3RAYXTvcGxpc3RBQqne4NjS5ujCxZO9wbHljZHJ1A43RscW9ocnVDhdG9wbGlzdIKF
        073BsaXN0QkXTvcGx5Y2RzegcLo3OLa0ObohhdO9wbGlzdEBUI6tLgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        Wg/MSUH1MKP2QGREN3qR5B0Ck+omVtYpnY80294+ewoELoDAAwGB/wOd+XJEPhAgnO4Nji1tjg7uWuv1AAAAAAAAAAAAAEwYAEwYAAAAAAAAAAAA
        AAALAZ0EA0JUQwHOBAZDb2luIDAAAAAAAAAAAAAAFwkAFwkAAAAAAAAAAAAAAAkBnAQD5biBAc4EBkNvaW4gMwAAAAAAAAAAAADvAToA7wE6AAAA
        AAAAAAAAAAANAZwECSJhLCIiYiIiIgHPBAZDb2luIDEAAAAAAAAAAAAAKxAAKxAAAAAAAAAAAAAAAAkBnAQAAc4EBkNvaW4gMgAAAAAAAAAAAAAo
        DQAoDQAAAAAAAAAAAAAACAGcBAJDNAHOBAZDb2luIDQBAAAAAAAAAAAAtgzrAgC2DOsCAAAAAAAAAAAAAAApAZwEAkM1Ac4EBkNvaW4gNQIAAAAA
        AAAAAABGFgBGFgAAAAAAAAAAAAAACgGcBAJDNgHOBAZDb2luIDYDAAAAAAAAAAAARxYARxYAAAAAAAAAAAAAAAoBnAQCQzcBzgQGQ29pbiA3BAAA
        AAAAAAAAAEcWAEcWAAAAAAAAAAAAAAAKAZwEAkM4Ac4EBkNvaW4gOAUAAAAAAAAAAABHFgBHFgAAAAAAAAAAAAAACgWcBARMVU5BHgRMVU5DWgRM
        VU5BHgRMVU5D7QUETFVOQQHOBAZDb2luIDkGAAAAAAAAAAAARxgARxgAAAAAAAAAAAAAAAoBnAQDQzEwAc4EB0NvaW4gMTAHAAAAAAAAAAAARhgA
        RhgAAAAAAAAAAAAAAAoBnAQDQzExAc4EB0NvaW4gMTHScQdJUmFuayxTeW1ib2wKa2VwdCBhcyBpdCBpcwpSYW5rLFN5bWJvbAprZXB0IGFzIGl0
        IGlzCvz//v/+/4EGACgCCUL8ryBIAfPSahpCmTJlypTnRZkyZcqUKVOOknKUlClTpkyZMmXKlClTphwlZcqUKVOmTJkyZcqUKVOmDHXtWoD6J2gA
        CAoYQmDTkCgpU6ZMmTJlytfzRpj8//7//v+BBgAoAglC/K8gSAHz0moaQpkyZcqU50WZMmXKlClTjpJylJQpU6ZMmTJlypQpU6YcJWXKlClTpkyZ
        MmXKlClTpgx17VqA+idoAAgKGEJg05AoKVOmTJkyZcrX80aYAyVg8ltNAYg4gRz+3//f/7+CAwbAGQBqAAgUEJYA6i433AOhgLAEjILIdv7f/9//
        v4IDBsAZAGoACBQQlgDqLjfcA6GAsASMgsh2B6SAsAR+1Ja0/n//f///gQYBEAAihCj/FTwkACAUMCBgaABRAYQGEB5QjIACBaS0Sn8wyGN4KQAQ
        pdToAECUUqMDAFFKjR4AEKXU6AGAee/T/fv/h1JqBABEKTU6ABCl1OgAQJRSow8AzHufLgAQpdToAECUUqP//f9DKTUCAKKUGh0AiFJqdAAgSqnR
        AwCilBoNAEQpNToAEKXU6ABAlFKj//3/Qyk1AgCilBo9ACBKqdEBAFFKjQYAopQaHQCIUmp0ACBKqdH//v+hlBoBAFFKjQ4ARCk1OgAQpdToAQBR
        So0GAKKUGh0AiFJqdAAgSqnRAURlGYD8J2jAIAIFAlJapT8Y5DG8FACIUmp0ACBKqdEBgCilRg8AiFJqNAAQpdToAECUUqMDAFFKjQ5xP6K//n//
        f///gQYBEAAihCj/FTwkACAUMCBgaABRAYQGEB5QjIACBaS0Sn8wyGN4KQAQpdToAECUUqMDAFFKjR4AEKXU6AGAee/T/fv/h1JqBABEKTU6ABCl
        1OgAQJRSow8AzHufLgAQpdToAECUUqP//f9DKTUCAKKUGh0AiFJqdAAgSqnRAwCilBoNAEQpNToAEKXU6ABAlFKj//3/Qyk1AgCilBo9ACBKqdEB
        AFFKjQYAopQaHQCIUmp0ACBKqdH//v+hlBoBAFFKjQ4ARCk1OgAQpdToAQBRSo0GAKKUGh0AiFJqdAAgSqnRAURlGYD8J2jAIAIFAlJapT8Y5DG8
        FACIUmp0ACBKqdEBgCilRg8AiFJqNAAQpdToAECUUqMDAFFKjQ5xP6K/BUpplX6JNQ545lUIc/6//7//fwIVAmAABAAhCm8qB3wCSZL5IskgeZMk
        Sb4YJEm+SJIkAdtoJE0JG2AQVA74BJIkSQLWECZ8/r//v/9/AhUCYAAEACEKbyoHfAJJkvkiySB5kyRJvhgkSb5IkiQB22gkTQkbYBBUDvgEkiRJ
        AtYQJnwFSznsATj1oez+7//v/98DBgxAGQDOAJAmAJBAkmSSDJJkkCRJBkmSJEmSDAJN/mzhBSLAICeQJEkS/9eb//7v/+//3wMGDEAZAM4AkCYA
        kECSZJIMkmSQJEkGSZIkSZIMAk3+bOEFIsAgJ5AkSRL/15v/BxUgGMo6liD+9//3/++DBgwgGQDHAFC2YAEFGCMzQ1Njc4OTAxMjM0NTY3ODkwMT
        IzNDU2Nzg5MD4wIDLMAYmRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHBiXmMACjJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcZEJLsAY
        mRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHBiXGYEFGCMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MD40IjtABjZGZoamxucHJgYmRmaGps
        bnByYGJkZmhqbG5wcmBcagQXYIzMDE2NzQ1ODkyMzAxNjc0NTg5MjMwMTY3NDU4OjIuN8AKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFx
        yRmwCGNkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxiYIYswhiZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcGJeYmEGLMEZmhqbG5gYn
        ByZGZoamxuYGJwcmRmaGpsbmBicHxiVmZtgijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcYmhGbgIY2RmaGpsbnByYGJkZmhqbG5wcmBi
        ZGZoamxucHJgXGJqhi7CGJkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnBwYlxibwYswRmaGpsbmBicHJkZmhqbG5gYnByZGZoamxuYGJwfGJeZm
        +CKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxicEhYBHGyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MC4xOQQsQhjZGZoamxucHJg
        YmRmaGpsbnByYGJkZmhqbG5wcmBcZGIIWYQxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAuMjLELMIYmRmaGpsbnByYGJkZmhqbG5wcmBiZ
        GZoamxucHBgXmRmCFmGMzAxNjc0NTg5MjMwMTY3NDU4OTIzMDE2NzQ1ODoyLDA1RizBGZoamxuYGJwcmRmaGpsbmBicHJkZmhqbG5gYnB8ZFpoaw
        RRgjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTA+MiY0PcIoyRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHJgXGRuSFwEcbIzNDU2Nzg5MDE
        yMzQ1Njc4OTAxMjM0NTY3ODkwLjI4BC5CGNkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxmYAhdhDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz
        NDU2Nzg5MC4zMcQuwhiZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcGJcZGYIXYYzMDE2NzQ1ODkyMzAxNjc0NTg5MjMwMTY3NDU4OjMvMDNGL
        MEZmhqbG5gYnByZGZoamxuYGJwcmRmaGpsbmBicHxmWGhvBFGCMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MD4zJTQ/wijJGZoamxucHJgYmR
        maGpsbnByYGJkZmhqbG5wcmBcZmxKcAijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcZm5KcIijJGZoamxucHJgYmRmaGpsbnByYGJkZmh
        qbG5wcmBcZnBKcQijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcZnJKcYijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaGBKcgi
        jJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaGJKcoijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaGRKcwijJGZoamxucHJgYmR
        maGpsbnByYGJkZmhqbG5wcmBcaGZKc4ijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaGhKdAijJGZoamxucHJgYmRmaGpsbnByYGJkZmh
        qbG5wcmBcaGpKdIijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaG5KdQijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaHBKdYi
        jJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaHJAaUeW3kFc1BAEcbIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwLjUwACLMEZmhqbG
        5gYnByZGZoamxuYGJwcmRmaGpsbmBicHxqUmJrAIY2RmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHJgXGpkgoswRmaGpsbmBicHJkZmhqbG5gYn
        ByZGZoamxuYGJwfGpWZGYBHGyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MC41NAILcIYmRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHBiX
        mhrBRRgjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTA+NSYyO8CGNkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxqbgYswhiZGZoamxuc
        HJgYmRmaGpsbnByYGJkZmhqbG5wcGJcanCGLMEZmhqbG5gYnByZGZoamxuYGJwcmRmaGpsbmBicHxqUmB2zCjwT+9//3/++DBgwgGQDHAFC2YAEF
        GCMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MD4wIDLMAYmRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHBiXmMACjJGZoamxucHJgYmRmaGp
        sbnByYGJkZmhqbG5wcmBcZEJLsAYmRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHBiXGYEFGCMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MD
        40IjtABjZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcagQXYIzMDE2NzQ1ODkyMzAxNjc0NTg5MjMwMTY3NDU4OjIuN8AKMkZmhqbG5wcmB
        iZGZoamxucHJgYmRmaGpsbnByYFxyRmwCGNkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxiYIYswhiZGZoamxucHJgYmRmaGpsbnByYGJkZ
        mhqbG5wcGJeYmEGLMEZmhqbG5gYnByZGZoamxuYGJwcmRmaGpsbmBicHxiVmZtgijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcYmhGbgI
        Y2RmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHJgXGJqhi7CGJkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnBwYlxibwYswRmaGpsbmBicHJkZm
        hqbG5gYnByZGZoamxuYGJwfGJeZm+CKMkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxicEhYBHGyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU
        2Nzg5MC4xOQQsQhjZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcZGIIWYQxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAuMjLELMIY
        mRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHBgXmRmCFmGMzAxNjc0NTg5MjMwMTY3NDU4OTIzMDE2NzQ1ODoyLDA1RizBGZoamxuYGJwcmRmaG
        psbmBicHJkZmhqbG5gYnB8ZFpoawRRgjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTA+MiY0PcIoyRmaGpsbnByYGJkZmhqbG5wcmBiZGZoamx
        ucHJgXGRuSFwEcbIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwLjI4BC5CGNkZmhqbG5wcmBiZGZoamxucHJgYmRmaGpsbnByYFxmYAhdhDEy
        MzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MC4zMcQuwhiZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcGJcZGYIXYYzMDE2NzQ1ODkyMzAxN
        jc0NTg5MjMwMTY3NDU4OjMvMDNGLMEZmhqbG5gYnByZGZoamxuYGJwcmRmaGpsbmBicHxmWGhvBFGCMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nz
        g5MD4zJTQ/wijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcZmxKcAijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcZm5KcIijJGZ
        oamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcZnBKcQijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcZnJKcYijJGZoamxucHJgYmRmaGp
        sbnByYGJkZmhqbG5wcmBcaGBKcgijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaGJKcoijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5
        wcmBcaGRKcwijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaGZKc4ijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaGhKdAijJGZ
        oamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaGpKdIijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaG5KdQijJGZoamxucHJgYmRmaGp
        sbnByYGJkZmhqbG5wcmBcaHBKdYijJGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcmBcaHJAaUeW3kFc1BAEcbIzNDU2Nzg5MDEyMzQ1Njc4OTA
        xMjM0NTY3ODkwLjUwACLMEZmhqbG5gYnByZGZoamxuYGJwcmRmaGpsbmBicHxqUmJrAIY2RmaGpsbnByYGJkZmhqbG5wcmBiZGZoamxucHJgXGpk
        goswRmaGpsbmBicHJkZmhqbG5gYnByZGZoamxuYGJwfGpWZGYBHGyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MC41NAILcIYmRmaGpsbnByY
        GJkZmhqbG5wcmBiZGZoamxucHBiXmhrBRRgjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTA+NSYyO8CGNkZmhqbG5wcmBiZGZoamxucHJgYmRm
        aGpsbnByYFxqbgYswhiZGZoamxucHJgYmRmaGpsbnByYGJkZmhqbG5wcGJcanCGLMEZmhqbG5gYnByZGZoamxuYGJwcmRmaGpsbmBicHxqUmB2zC
        jwQHDgQUYIzMDE2NzQ1ODkyMzAxNjc0NTg5MjMwMTY3NDU4OjMsMy2Dvef77//v/9wMHDBAZgGIAOEYCoujeQUlJSUlJmZcyCiUlJSUlJWUUSkpK
        yv+/AmUUSkpKSkpKSkpKSkpKSkrKKJSUlHOAF2IHhASEO76DkvL/r0BJSUlJSQk/4lam/vv/+//3AwcMEBmAYgA4RgKi6N5BSUlJSUmZlzIKJSUl
        JSUlZRRKSkrK/78CZRRKSkpKSkpKSkpKSkpKSsoolJSUc4AXYgeEBIQ7voOS8v+vQElJSUlJCT/iVqYHFwHJdwexat+m/v3//f/7gwcMCBlAYgAc
        RiJSWrGDkpKSkpIybxRKSkpKSkpKyiiUlJT/fwXKKJSUlJSUlJSUlJSUlJSUlFEoKSkpAYyUmn4HhUTkHmMH5f9fgZKSkpKSkhKmFWWB/v3//f/7
        gwcMCBlAYgAcRiJSWrGDkpKSkpIybxRKSkpKSkpKyiiUlJT/fwXKKJSUlJSUlJSUlJSUlJSUlFEoKSkpAYyUmn4HhUTkHmMH5f9fgZKSkpKSkhKm
        FWWBCSgiQmERodAPCP7+//7//QQMGAgyQMQAFEYiAsyzg5KSkpKScihKSkpKSkpKSsoolJSU/3+FKJSUlJSUlJSUlJSUlJSUlFEoKSkpKQHpkWZP
        B4ZERAJoB+X/X4GSkpKSkpIS5ZIzv/7+//7//QQMGAgyQMQAFEYiAsyzg5KSkpKScihKSkpKSkpKSsoolJSU/3+FKJSUlJSUlJSUlJSUlJSUlFEo
        KSkpKQHpkWZPB4ZERAJoB+X/X4GSkpKSkpIS5ZIzvwkpIvLSE1ab19H+/3////6EDBgIZECIASSMRGR7bAclJSUlJWVeSkpKSkpKSkpKyiiUlJT/
        vx0lJSUlJSUlJSUlJSUlJWUUSkpKSkpKvQeTu/4bHBKRlrMhlP4KKVGiRIkSJUBY7cf+/3////6EDBgIZECIASSMRGR7bAclJSUlJWVeSkpKSkpK
        SkpKyiiUlJT/vx0lJSUlJSUlJSUlJSUlJWUUSkpKSkpKvQeTu/4bHBKRlrMhlP4KKVGiRIkSJUBY7ccJSiKiRBZoYYg0/v+//3//BA0YCGQgiAEi
        jETEXnEHJSUlJSVlXkpKSkpKSkpKSsoolJT/vx0lJSUlJSUlJSUlJSUlJWUUSkpKSkpKSjlU7pr+JWAAIBIRJMchlP4KKVGiRIkSStJAn9n+/7//
        f/8EDRgIZCCIASKMRMRecQclJSUlJWVeSkpKSkpKSkpKyiiUlP+/HSUlJSUlJSUlJSUlJSUlZRRKSkpKSkpKOVTumv4lYAAgEhEkxyGU/gopUaJE
        iRJK0kCf2QkrIlK2GH3iLOR+/9//v/+EDRgEMgjEgBBGIhIhu4OSkpKScihKSkpKSkpKSkrKKJT/vx0lJSUlJSUlJSUlJSUlJWUUSkpKSkpKSkpq
        /ceu/iZkABARkbHaIX+FlChRokQJJSVNzDQEfv/f/7//hA0YBDIIxIAQRiISIbuDkpKSknIoSkpKSkpKSkpKyiiU/78dJSUlJSUlJSUlJSUlJSVl
        FEpKSkpKSkpKav3Hrv4mZAAQEZGx2iF/hZQoUaJECSUlTcw0BAksIgIoG/Pme0w=
        """
}
