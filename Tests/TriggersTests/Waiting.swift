import Postgres

/// Returns once `session` waits for a lock.
func waitUntilBlocked(_ session: Session) -> String {
    """
    DO $$
    BEGIN
        WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = \(session.backendPID)) LOOP
            PERFORM pg_sleep(0.005);
        END LOOP;
    END $$
    """
}
