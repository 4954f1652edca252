import Fanout
import Testing

@Suite struct TrustedProxiesTests {
    private func client(_ peer: String, _ forwardedFor: [String], trusting ranges: [String]) throws -> ClientAddress {
        let proxies = TrustedProxies(try ranges.map { try #require(AddressRange($0)) })
        return proxies.client(of: try #require(ClientAddress(peer)), forwardedFor: forwardedFor)
    }

    @Test(
        arguments: [
            // Nobody is believed unless that was said.
            ("10.0.0.1", ["9.9.9.9"], [], "10.0.0.1"), ("9.9.9.9", ["1.2.3.4"], ["10.0.0.0/8"], "9.9.9.9"),
            ("10.0.0.1", ["1.2.3.4"], ["10.0.0.0/8"], "1.2.3.4"), ("10.0.0.1", [], ["10.0.0.0/8"], "10.0.0.1"),
            // What stands left of it may be the client's own invention.
            ("10.0.0.1", ["6.6.6.6, 1.2.3.4"], ["10.0.0.0/8"], "1.2.3.4"),
            ("10.0.0.1", ["6.6.6.6", "1.2.3.4"], ["10.0.0.0/8"], "1.2.3.4"),
            ("10.0.0.1", ["10.0.0.9, 1.2.3.4"], ["10.0.0.0/8"], "1.2.3.4"),
            // A chain of proxies.
            ("10.0.0.1", ["6.6.6.6, 1.2.3.4, 10.0.0.2"], ["10.0.0.0/8"], "1.2.3.4"),
            ("10.0.0.1", ["1.2.3.4, 192.168.1.1"], ["10.0.0.0/8", "192.168.1.1"], "1.2.3.4"),
            ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], ["10.0.0.0/8"], "10.0.0.3"),
            // What is no address ends it.
            ("10.0.0.1", ["1.2.3.4, unknown"], ["10.0.0.0/8"], "10.0.0.1"),
            ("10.0.0.1", ["unknown, 10.0.0.2"], ["10.0.0.0/8"], "10.0.0.2"),
            ("10.0.0.1", ["1.2.3.4,, 10.0.0.2"], ["10.0.0.0/8"], "1.2.3.4"),
            ("10.0.0.1", [" "], ["10.0.0.0/8"], "10.0.0.1"),
            // Ways to write one.
            ("10.0.0.1", ["1.2.3.4:4711"], ["10.0.0.0/8"], "1.2.3.4"),
            ("10.0.0.1", ["[2001:db8::1]:4711"], ["10.0.0.0/8"], "2001:db8::1"),
            ("10.0.0.1", ["2001:DB8:0::1"], ["10.0.0.0/8"], "2001:db8::1"),
            ("::ffff:10.0.0.1", ["::ffff:1.2.3.4"], ["10.0.0.0/8"], "1.2.3.4"),
            ("fd00::1", ["1.2.3.4"], ["fd00::/8"], "1.2.3.4"),
        ] as [(String, [String], [String], String)])
    func `the client is whom the last trusted proxy names`(
        _ peer: String, _ forwardedFor: [String], _ trusted: [String], _ expected: String
    ) throws {
        #expect(try client(peer, forwardedFor, trusting: trusted) == ClientAddress(expected))
    }

    @Test(arguments: [
        "", "10", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "::/129", "/8", "x", "10.0.0.256",
        "10.0.0.1 ",
        "fe80::1%eth0", "10.0.0.0/",
    ])
    func `what is no range is none`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(
        arguments: [
            ("0.0.0.0/0", "9.9.9.9", true), ("0.0.0.0/0", "::1", false), ("::/0", "9.9.9.9", true),
            ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.0/8", "10.255.255.255", true), ("10.1.2.3/8", "10.9.9.9", true),
            ("1.2.3.4", "1.2.3.4", true), ("1.2.3.4", "1.2.3.5", false), ("2001:db8::/32", "2001:db8:ffff::", true),
            ("2001:db8::/32", "2001:db9::", false), ("::1/128", "::1", true), ("::1/128", "::2", false),
        ])
    func `a range has the addresses that begin alike`(_ range: String, _ address: String, _ isIn: Bool) throws {
        let address = try #require(ClientAddress(address))

        #expect(try #require(AddressRange(range)).contains(address) == isIn)
    }
}
