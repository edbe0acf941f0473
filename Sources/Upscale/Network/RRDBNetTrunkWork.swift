/// What computes everything of an RRDBNet before its first up-sampling, for one tile at a time.
protocol RRDBNetTrunkWork: AnyObject {
  var input: FeatureMap { get }

  /// Takes the size of the next tile, in pixels of the trunk.
  func prepare(width: Int, height: Int)

  /// - Returns: the features that go into the tail; valid until the next run.
  /// - Throws: `.cancelled`.
  func run(on engine: Engine, monitor: WorkMonitor) throws(UpscaleError) -> FeatureMap
}
