import Testing

@testable import SyncHTTP

@Suite struct JSONDocumentTests {
    @Test func `what has parts is a part a line, what is short is on one`() {
        let document = JSONDocument.object([
            ("a", .string("x \"y\"")),
            ("steps", .array([.object([("n", .integer(1)), ("b", .bool(true))]), .null])),
            ("none", .array([])),
        ])

        #expect(
            document.text == """
                {
                  "a": "x \\"y\\"",
                  "steps": [
                    {"n": 1, "b": true},
                    null
                  ],
                  "none": []
                }

                """)
    }
}
