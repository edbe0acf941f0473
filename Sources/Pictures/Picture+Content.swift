extension Picture {
  /// What the samples are like.
  package var content: PictureContent {
    var examiner = ContentExaminer(
      RowFormat(width: width, height: height, layout: layout, depth: depth))
    bytes.withUnsafeBytes { rows in
      for start in stride(from: 0, to: rows.count, by: rowByteCount) where !examiner.isSettled {
        examiner.take(UnsafeRawBufferPointer(rebasing: rows[start..<start + rowByteCount]))
      }
    }
    return examiner.content
  }
}
