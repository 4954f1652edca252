/// One image of a project: its place and its URL.
package struct Image: Equatable, Sendable {
    package let place: Place
    package let url: ImageURL

    package init(place: Place, url: ImageURL) {
        self.place = place
        self.url = url
    }
}
