import Testing

/// A project that tries what JSON and the contract's M1 to M5 allow, and the pictures that its scenes must have.
struct OddProject: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Nil is SQL's NULL.
    let document: String?
    var images: [(scene: Int32, place: Int32, url: String)] = []
    /// Scenes whose rows are deleted again.
    var lost: [Int32] = []
    /// The `imageUrls` of the scenes that are objects.
    var pictures: [String] = []

    init(
        _ name: String, _ document: String?, images: [(Int32, Int32, String)] = [], lost: [Int32] = [],
        pictures: [String] = []
    ) {
        testDescription = name
        self.document = document
        self.images = images
        self.lost = lost
        self.pictures = pictures
    }

    private static let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)

    static let all: [OddProject] = [
        OddProject("M1: NULL", nil, images: [(1, 0, "a")]),
        OddProject("M1: JSON null", "null"),
        OddProject(
            "M1: numbers digit for digit",
            #"{"n": [1.10, 1.100, -0.5, 12345678901234567890.123456789, 1e-30, 1e40, 0], "scenes": []}"#),
        OddProject(
            "M1: keys and strings with escapes",
            #"{"a\"b\\": "\u2028\u2029\u0001\t\/ <\/script>", "😀": "\ud83d\ude00", "": {"": [[]]}, "scenes": [{"\"": 1}]}"#,
            pictures: ["[]"]),
        OddProject(
            "M1: imageUrls and scenes elsewhere are not ours",
            #"{"imageUrls": ["top"], "more": {"scenes": [{"index": 1, "imageUrls": ["inner"]}]}, "scenes": [{"sub": {"imageUrls": 1}}]}"#,
            images: [(1, 0, "a")], pictures: [#"["a"]"#]),
        OddProject(
            "M1: keys around imageUrls in every order",
            #"{"scenes": [{"zz": 1, "imageUrlr": 2, "imageUrlt": 3, "aVeryMuchLongerKey": 4, "i": 5}, {"imageUrls": [1], "aVeryMuchLongerKey": 4}, {"short": 1, "imageUrls": []}]}"#,
            images: [(1, 0, "a"), (2, 0, "b"), (3, 0, "c")], pictures: [#"["a"]"#, #"["b"]"#, #"["c"]"#]),
        OddProject(
            "M1: escaped and repeated keys",
            #"{"sc\u0065nes": 1, "scenes": [{"image\u0055rls": ["x"], "ind\u0065x": 7}]}"#,
            images: [(1, 0, "a")], pictures: [#"["x"]"#]),
        OddProject("M1: deep", "{\"deep\": \(deep), \"scenes\": [{\"deep\": \(deep)}]}", pictures: ["[]"]),
        OddProject("M2: an array", #"[{"scenes": [{}]}]"#, images: [(1, 0, "a")]),
        OddProject("M2: a string", #""scenes""#, images: [(1, 0, "a")]),
        OddProject("M2: a number", "1.50"),
        OddProject("M2: no scenes", #"{"scene": []}"#, images: [(1, 0, "a")]),
        OddProject("M2: scenes is an object", #"{"scenes": {"1": {"imageUrls": 1}}}"#, images: [(1, 0, "a")]),
        OddProject("M2: scenes is null", #"{"scenes": null}"#, images: [(1, 0, "a")]),
        OddProject("M2: scenes is empty", #"{"scenes": [ ]}"#, images: [(1, 0, "a")]),
        OddProject(
            "M2, M3: elements that are no objects stay, and count",
            #"{"scenes": [7, "s", null, [{"index": 6}], {}, {"imageUrls": ["kept"]}, true, {}]}"#,
            images: [(4, 0, "no"), (5, 0, "a"), (8, 0, "b")], pictures: [#"["a"]"#, #"["kept"]"#, #"["b"]"#]),
        OddProject(
            "M3: which index is a number",
            #"{"scenes": [{"index": 2.0}, {"index": "2"}, {"index": 2.5}, {"index": true}, {"index": [2]}, {"index": {}}, {"index": null}, {"index": 20e-1}]}"#,
            images: [(2, 0, "two"), (7, 0, "seven")],
            pictures: [#"["two"]"#, "[]", "[]", "[]", "[]", "[]", #"["seven"]"#, #"["two"]"#]),
        OddProject(
            "M3: far indices",
            #"{"scenes": [{"index": -2147483648}, {"index": 2147483647}, {"index": 2147483648}, {"index": 1e400}, {"index": 0}, {"index": -0.0}, {"index": 4294967297}]}"#,
            images: [(.min, 0, "min"), (.max, 0, "max"), (0, 0, "zero"), (1, 0, "one")],
            pictures: [#"["min"]"#, #"["max"]"#, "[]", "[]", #"["zero"]"#, #"["zero"]"#, "[]"]),
        OddProject(
            "M4: in order of place", #"{"scenes": [{}]}"#,
            images: [(1, 10, "ten"), (1, 9, "nine"), (1, .min, "min"), (1, 0, "zero"), (1, .max, "max")],
            pictures: [#"["min", "zero", "nine", "ten", "max"]"#]),
        OddProject(
            "M4: rows go before stored pictures, scene by scene",
            #"{"scenes": [{"imageUrls": ["s1"]}, {"imageUrls": ["s2", 2, null, {"a": [1.0]}]}, {"imageUrls": "s3"}, {"imageUrls": {}}, {"imageUrls": null}]}"#,
            images: [(1, 0, "r1")], pictures: [#"["r1"]"#, #"["s2", 2, null, {"a": [1.0]}]"#, "[]", "[]", "[]"]),
        OddProject(
            "M4: a scene that has lost its rows has none",
            #"{"scenes": [{"imageUrls": ["s1"]}, {"imageUrls": ["s2"]}, {"index": 1, "imageUrls": ["s3"]}]}"#,
            images: [(1, 0, "r1"), (5, 0, "r5")], lost: [1, 5], pictures: ["[]", #"["s2"]"#, "[]"]),
        OddProject(
            "M4: scenes that share an index",
            #"{"scenes": [{"index": 3}, {"index": 3, "imageUrls": ["s"]}, {}, {"index": 4, "imageUrls": ["u"]}, {"index": 4}]}"#,
            images: [(3, 0, "a")], pictures: [#"["a"]"#, #"["a"]"#, #"["a"]"#, #"["u"]"#, "[]"]),
        OddProject(
            "M5: rows of other scenes", #"{"scenes": [{}]}"#, images: [(2, 0, "a"), (-1, 0, "b")], pictures: ["[]"]),
        OddProject(
            "URLs of any text", #"{"scenes": [{}]}"#,
            images: [
                (1, 0, ""), (1, 1, "\"\\/\u{1}\u{7f}\u{2028}\r\n\t"), (1, 2, "é😀 </script>"), (1, 3, "\u{feff}x"),
            ],
            pictures: ["[\"\", \"\\\"\\\\/\\u0001\u{7f}\u{2028}\\r\\n\\t\", \"é😀 </script>\", \"\u{feff}x\"]"]),
    ]
}

extension Stage {
    /// Inserts it with its images, of which those of the lost scenes go again, and returns its id.
    func insertProject(_ odd: OddProject) async throws -> String {
        let project = try await insertProject(odd.document)
        for image in odd.images {
            try await save(image.url, scene: Int(image.scene), place: Int(image.place), of: project)
        }
        for scene in odd.lost {
            try await write(
                "DELETE FROM generated_images WHERE content_creation_request_id = $1::uuid AND scene_index = $2::integer",
                project, "\(scene)")
        }
        return project
    }
}
