extension Settings {
    /// All settings that a command may ask for. One file may serve all commands, so it may have any of them.
    static let names: Set<String> = [
        "admin-listen", "allow-anonymous", "allowed-host", "audit-interval", "auth", "auth-cookie", "authorize",
        "busy-above", "cache-bytes", "cors-origin", "daemon-role", "database-url", "directory", "doorbell",
        "drain-delay", "h2c", "header-timeout", "heartbeat", "history", "idle-timeout", "jwks", "jwt-audience",
        "jwt-issuer", "jwt-secret", "listen", "log-format", "log-level", "max-body", "max-header", "max-requests",
        "max-subscribers", "max-subscribers-per-address", "max-subscribers-per-subject", "max-url", "read-only",
        "reauthorize", "rls-role", "schema", "tls-cert", "tls-key", "token", "trusted-proxy", "url", "wait",
    ]
}
