/// How samples lie in memory: their depth, the first one, and how many lie from one to the next.
package struct SamplePlaces {
  let depth: Picture.Depth
  var first = 0
  var step = 1

  package init(_ depth: Picture.Depth, first: Int = 0, step: Int = 1) {
    self.depth = depth
    self.first = first
    self.step = step
  }
}
