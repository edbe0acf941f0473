/// A report of the worker, one JSON object a line. The first one is `hello`, or a refusal with the number 0,
/// after which the worker ends.
enum WorkerReport: Codable, Sendable, Equatable {
  case hello(WorkerHello)
  case examined(id: Int, PictureExamination)
  case event(id: Int, WorkerEvent)
  /// `pace` is the seconds that a million pixels took, if the picture was large enough to measure that.
  case done(id: Int, WorkerResult, pace: Double?)
  case probed(id: Int, [String: Int32])
  case refused(id: Int, WorkerRefusal)

  /// The request that is answered; 0 for none.
  var id: Int {
    switch self {
    case .hello: 0
    case .examined(let id, _), .event(let id, _), .probed(let id, _), .refused(let id, _): id
    case .done(let id, _, _): id
    }
  }
}
