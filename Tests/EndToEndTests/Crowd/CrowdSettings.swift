/// Whether crowds come in full size, as `make readers` has them, or in one that the tests have time for.
enum CrowdSettings {
    static let isFull = ProcessEnvironment["SCENESYNC_FULL_SIZE"] != nil

    static func size(_ short: Int, full: Int) -> Int {
        isFull ? full : short
    }
}
