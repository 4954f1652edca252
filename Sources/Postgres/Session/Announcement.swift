/// One NOTIFY as it arrived. The payload is untrusted: any role of the database can send one.
package struct Announcement: Sendable, Equatable {
    package let channel: String
    package let payload: [UInt8]
    package let backendPID: Int32

    package init(channel: String, payload: [UInt8], backendPID: Int32) {
        self.channel = channel
        self.payload = payload
        self.backendPID = backendPID
    }
}
