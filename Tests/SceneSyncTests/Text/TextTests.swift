import Testing

@testable import scenesync

struct TextTests {
    @Test(arguments: [
        ("plain", "plain"), ("a\u{1B}[2Jb", "a [2Jb"), ("a\r\nb\u{7}", "a  b "), ("\u{9B}31m", " 31m"),
        ("user\u{202E}gnp.exe", "usergnp.exe"), ("é 画 👩‍👧", "é 画 👩👧"), ("a\u{2028}b", "a b"), ("\u{FEFF}x", "x"),
    ])
    func `what a terminal would obey is taken out`(text: String, printable: String) {
        #expect(text.printable == printable)
    }

    @Test(arguments: [
        ("abc", 3), ("é", 1), ("e\u{301}", 1), ("画廊", 4), ("👩‍👧", 2), ("가", 2), ("…", 1), ("▪●", 2), ("", 0),
    ])
    func `a text's cells are counted as a terminal shows it`(text: String, cells: Int) {
        #expect(text.cells == cells)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("画廊画", 4, "画…"),
        ("画廊", 4, "画廊"), ("", 3, ""),
    ])
    func `a cut shows that it is one, and never takes more cells`(text: String, width: Int, cut: String) {
        #expect(text.cut(to: width) == cut)
        #expect(text.cut(to: width).cells <= width)
        #expect(text.fitted(to: width).cells == width)
    }

    @Test(arguments: [
        (0, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"), (200_000, "2 d"), (-5, "0 s"),
    ])
    func `a duration is said in its largest unit`(seconds: Int, text: String) {
        #expect(Duration.seconds(seconds).brief == text)
    }
}
