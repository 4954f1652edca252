/// Where an image stands in a project: `(scene_index, image_index)`.
package struct Place: Hashable, Sendable {
    package let scene: Int32
    package let image: Int32

    package init(scene: Int32, image: Int32) {
        self.scene = scene
        self.image = image
    }
}
