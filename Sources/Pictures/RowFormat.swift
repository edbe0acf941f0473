/// The size of a picture, and the layout and depth of its samples: what a stage knows before rows come.
package struct RowFormat: Sendable, Hashable {
  package var width: Int
  package var height: Int
  package var layout: Picture.Layout
  package var depth: Picture.Depth

  package init(width: Int, height: Int, layout: Picture.Layout, depth: Picture.Depth) {
    self.width = width
    self.height = height
    self.layout = layout
    self.depth = depth
  }

  package var rowByteCount: Int { width * layout.rawValue * depth.byteCount }

  /// The same with other channels.
  package func with(_ layout: Picture.Layout) -> RowFormat {
    RowFormat(width: width, height: height, layout: layout, depth: depth)
  }
}
