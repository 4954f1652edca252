extension Reader {
    private static let id = "aaaaaaaa-0000-4000-8000-000000000001"
    private static let start =
        #"{"v":1,"op":"insert","project":"\#(id)","xid":"77","n":45,"at":1000,"began":900,"pid":7,"rows":2,"#

    static let examplesOfProjects = [id, "bbbbbbbb-0000-4000-8000-000000000002"]

    /// What is right, or nearly.
    package var examples: [String] {
        switch self {
        case .payload:
            [
                Self.start + #""set":[[1,0,"a\n\"é😀"],[-2,3,"b"]],"gone":[[1,1]],"lost":[[1,44]]}"#,
                Self.start + #""scenes":[1,2]}"#, Self.start + #""reload":true}"#,
                #"{"v":1,"op":"truncate","project":null,"xid":"5","n":1,"rows":0,"reload":true}"#,
                #"{"v":1,"daemon":9,"pid":7,"turn":3,"mode":"quiet","fence":12}"#,
            ]
        case .document:
            [
                #"{"title": "t", "scenes": [{"index": 1, "prompt": "a", "imageUrls": ["x", "y"]}, {"index": 2.0}, {}, 7, [1]]}"#,
                #"{"a": [[{"scenes": [{}]}]], "scenes": [{"imageUrls": null, "zzzzzzzzzz": 1}, {"index": "1"}, {"zzzzzzzzzz": {}}]}"#,
                "null", "[1, 2]", #""text""#, #"{"scenes": {}}"#, #"{"scenes": []}"#,
            ]
        case .body:
            [
                #"{"scene_index": 1, "image_url": "https://example.org/a.png"}"#,
                #"[{"scene_index": 1, "image_index": "next", "image_url": "x", "generation": 5}, {"scene_index": -2, "image_index": 3, "image_url": "\ud83d\ude00"}]"#,
                "[]", "{}", "[[[[]]]]",
            ]
        case .query:
            [
                "scene_index=1&scene_index=2&last_event_id=abc%2Dd", "sync_token=0123456789abcdef-4711",
                "a=b=c&&=&%&%4&%41+%zz&é",
            ]
        case .project: [Self.id, Self.id.uppercased(), "00000000000000000000000000000000"]
        case .jointID:
            [
                "4ed3e63b6754fc7f..AAAAAAAAAAAAAAAAAAAAAA",
                "4ed3e63b6754fc7f.AAECAwQFBgcICQoLDA0ODw.-_-_-_-_-_-_-_-_-_-_-w", "..",
            ]
        case .syncToken: ["0123456789abcdef-4711", "ffffffffffffffff-18446744073709551615"]
        case .head:
            [
                "GET /v1/projects/\(Self.id)?x=1 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n",
                "GET /v1/projects/\(Self.id)/events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 7\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n",
                "PUT /v1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00A\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.0\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            ]
        case .token:
            [
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE5MDAwMDAwMDB9.AAAA",
                #"{"sub": "u", "role": "a", "exp": 1e9, "nbf": 5.5, "aud": ["x"], "scenesync": {"read": ["*"], "write": ["\#(Self.id)"], "admin": true}}"#,
                #"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "1", "key_ops": ["verify"]}]}"#,
            ]
        case .origin:
            ["https://app.example", "http://127.0.0.1:8787", "https://[::1]:443", "HTTP://A:80", "localhost:1", "null"]
        case .forwardedFor:
            ["1.2.3.4", "9.9.9.9, 10.1.2.3", "[2001:db8::1]:80, 10.0.0.2:4711", "10.0.0.0/8", "::ffff:1.2.3.4"]
        }
    }

    /// What means something.
    package var words: [String] {
        switch self {
        case .payload, .document, .body:
            [
                "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0000", "null", "true", "-",
                "1e9", ".0",
                "9223372036854775808", "2147483648", "-2147483649", "\"scenes\"", "\"index\"", "\"imageUrls\"",
                "\"set\"",
                "\"lost\"", "\"v\":1", "\"n\":", "\"image_url\"", "\"next\"", " ", "\u{0}", "\u{2028}",
                String(repeating: "[", count: 600), String(repeating: "{\"a\":", count: 600),
            ]
        case .query: ["%", "%2", "%00", "%0d%0a", "%ff", "%+f", "&", "=", "+", "scene_index=", "\u{0}"]
        case .token:
            [
                "{", "}", "[", "]", "\"", "\\u0000", ":", ",", ".", "=", "-", "_", "e30", "null", "1e400", "\"exp\":",
                "\"scenesync\":",
            ]
        case .origin: ["http://", "https://", ":", "[", "]", "@", "/", "*", ":443", ":80", ":0", "null", "\u{0}", "é"]
        case .project, .jointID, .syncToken:
            ["-", ".", "0", "f", "F", "g", "+", " ", "é", "\u{0}", "18446744073709551616"]
        case .head:
            [
                "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ",", "0", "5", ";x", "HTTP/1.1", "HTTP/1.0", "GET ",
                "POST ",
                "Host: x\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
                "chunked",
                "Connection: close\r\n", "Upgrade: x\r\n", "5\r\nhello\r\n", "0\r\n\r\n", "\u{0}", "\u{7f}", "é",
            ]
        case .forwardedFor:
            [",", ":", "::", "[", "]", ".", "/", "0", "255", "256", "10.0.0.1", "ffff", "%eth0", " ", "\u{0}"]
        }
    }
}
