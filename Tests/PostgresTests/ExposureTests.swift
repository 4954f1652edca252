import Postgres
import Testing

@Suite struct ExposureTests {
    @Test(arguments: [
        "host=/run/postgresql dbname=x", "host=localhost", "postgresql://127.0.0.1/x?sslmode=disable", "host=::1",
        "host=db.example.com sslmode=verify-full", "postgresql://a:b@db.example.com/x?sslmode=verify-full",
        "host=/tmp,localhost", "host=localhost,db.example.com sslmode=verify-full",
    ])
    func `nobody is in between, or the server is known`(settings: String) {
        #expect(ConnectionSettings(settings).exposure == nil)
    }

    @Test(arguments: [
        ("hostaddr=10.0.0.1 host=db.example.com", "db.example.com"), ("hostaddr=10.0.0.1 host=localhost", "10.0.0.1"),
        ("hostaddr=10.0.0.1,10.0.0.2", "10.0.0.1"), ("host=/tmp,db.example.com", "db.example.com"),
    ])
    func `the server is called what its certificate has to say`(settings: String, name: String) {
        #expect(ConnectionSettings(settings).distantServer == name)
    }

    @Test(arguments: [
        ("host=db.example.com", "prefer"), ("postgresql://me:secret@db.example.com/x", "prefer"),
        ("host=db.example.com sslmode=disable", "disable"), ("host=10.0.0.1 sslmode=require", "require"),
        ("host=db.example.com sslmode=verify-ca", "verify-ca"),
        ("host=localhost,db.example.com sslmode=allow", "allow"),
        ("host=localhost hostaddr=10.0.0.1", "prefer"), ("host=db.example.com hostaddr=127.0.0.1", "prefer"),
        ("host=127.evil.example", "prefer"),
        ("host=localhost.evil.example", "prefer"),
    ])
    func `otherwise it is said what could happen, and no password`(settings: String, mode: String) throws {
        let exposure = try #require(ConnectionSettings(settings).exposure)

        #expect(exposure.contains("sslmode=\(mode):") && exposure.hasSuffix("use sslmode=verify-full"))
        #expect(!exposure.contains("secret"))
    }
}
