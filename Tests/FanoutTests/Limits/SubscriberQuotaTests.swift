import Testing

@testable import Fanout

@Suite struct SubscriberQuotaTests {
    private func subscriber(_ address: String, _ subject: String? = nil) throws -> Subscriber {
        Subscriber(address: try #require(ClientAddress(address)), subject: subject)
    }

    @Test func `without limits everybody is admitted`() throws {
        let quota = SubscriberQuota()

        for _ in 0..<1_000 { #expect(try quota.admit(subscriber("1.2.3.4", "a")) != nil) }
    }

    @Test func `one address has its number of places, and others theirs`() throws {
        let quota = SubscriberQuota(.init(perAddress: 2))

        let seats = [quota.admit(try subscriber("1.2.3.4")), quota.admit(try subscriber("1.2.3.4", "a"))]

        #expect(seats.allSatisfy { $0 != nil })
        #expect(try quota.admit(subscriber("1.2.3.4", "b")) == nil)
        #expect(try quota.admit(subscriber("1.2.3.5")) != nil)
    }

    @Test func `a place is free again once its stream is gone`() throws {
        let quota = SubscriberQuota(.init(perAddress: 1, perSubject: 1))

        for _ in 0..<100 {
            let seat = quota.admit(try subscriber("1.2.3.4", "a"))
            #expect(seat != nil)
            withExtendedLifetime(seat) { #expect(quota.admit(.anybody) != nil) }
        }
    }

    @Test func `one subject has its number of places, wherever it is`() throws {
        let quota = SubscriberQuota(.init(perSubject: 1))

        let seat = quota.admit(try subscriber("1.2.3.4", "a"))

        defer { withExtendedLifetime(seat) {} }
        #expect(seat != nil)
        #expect(try quota.admit(subscriber("9.9.9.9", "a")) == nil)
        #expect(try quota.admit(subscriber("1.2.3.4", "b")) != nil)
        #expect(try quota.admit(subscriber("1.2.3.4")) != nil)
    }

    @Test func `who is refused for one limit takes no place under the other`() throws {
        let quota = SubscriberQuota(.init(perAddress: 2, perSubject: 1))

        let seat = quota.admit(try subscriber("1.2.3.4", "a"))

        defer { withExtendedLifetime(seat) {} }
        for _ in 0..<10 { #expect(try quota.admit(subscriber("1.2.3.4", "a")) == nil) }
        #expect(try quota.admit(subscriber("1.2.3.4", "b")) != nil)
    }

    @Test func `a network of IPv6 is one client, and a mapped address is the IPv4 one`() throws {
        let quota = SubscriberQuota(.init(perAddress: 1))

        let seats = [quota.admit(try subscriber("2001:db8::1")), quota.admit(try subscriber("1.2.3.4"))]

        defer { withExtendedLifetime(seats) {} }
        #expect(try quota.admit(subscriber("2001:db8::ffff:1")) == nil)
        #expect(try quota.admit(subscriber("2001:db8:0:1::1")) != nil)
        #expect(try quota.admit(subscriber("::ffff:1.2.3.4")) == nil)
    }
}
