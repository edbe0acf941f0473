import FoundationEssentials
import Upscale

/// The markup of a report, written part by part.
final class ReportPage {
  private let report: BatchReport
  private let summary: ReportSummary
  private let stream: OutputStream
  private var pending: [UInt8] = []

  init(_ report: BatchReport, into stream: OutputStream) {
    self.report = report
    self.stream = stream
    summary = ReportSummary(report)
  }

  /// Writes the whole page; the stream is not finished.
  func write() throws(UpscaleError) {
    try put(head)
    try put(banner)
    try put(figures)
    if summary.total > 0 {
      try put(tools)
      try writeFailures()
      let shown = try writeComparisons()
      try writeOthers(except: shown)
      try put("<p id=\"nothing\" class=\"empty\" hidden>Nothing matches.</p>\n")
    } else {
      try put("<p class=\"empty\">There were no files to work on.</p>\n")
    }
    try put(
      """
      </main>
      <footer>Made by upscale \(upscaleVersion). This page is complete in itself: it loads nothing.\
      </footer>
      </body>
      </html>

      """)
    try flush()
  }

  // MARK: Head

  private var head: HTML {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(policy)">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <title>\(report.title)</title>
    <link rel="icon" href="data:,">
    <style>\(HTML(trusted: reportStyle))</style>
    <script>\(HTML(trusted: reportScript))</script>
    </head>
    <body>

    """
  }

  /// The content security policy: only the page's own style and script, identified by their digests, and
  /// embedded pictures are allowed.
  private var policy: String {
    "default-src 'none'; style-src '\(digest(reportStyle))'; script-src '\(digest(reportScript))';"
      + " img-src data:; base-uri 'none'; form-action 'none'"
  }

  private func digest(_ text: String) -> String {
    "sha256-" + Data(Array(text.utf8).withUnsafeBytes { SHA256.digest($0) }).base64EncodedString()
  }

  private var banner: HTML {
    let model = report.model.isEmpty ? [] : [("Model", report.model)]
    let settings = (model + report.settings).map { name, value in
      "<div><dt>\(name)</dt><dd><bdi>\(value)</bdi></dd></div>\n" as HTML
    }
    return """
      <header>
      <p class="overline">upscale batch</p>
      <h1><bdi>\(report.title)</bdi></h1>
      <p class="when">\(ReportNumbers.date(report.started))</p>
      <dl class="settings">
      \(joined(settings))</dl>
      </header>
      <main>

      """
  }

  private var figures: HTML {
    let (pixels, pixelUnit) = ReportNumbers.pixels(summary.pixels)
    let rate = summary.picturesPerMinute.map(ReportNumbers.brief) ?? "–"
    let damaged: HTML =
      summary.damaged > 0
      ? figure("Not whole", ReportNumbers.grouped(summary.damaged), kind: "damaged") : ""
    return """
      <section class="summary" aria-label="Summary">
      <dl>
      \(figure("Done", ReportNumbers.grouped(summary.done), kind: "done"))\
      \(damaged)\
      \(figure("Failed", ReportNumbers.grouped(summary.failed), kind: summary.failed > 0 ? "failed" : "none"))\
      \(figure("Skipped", ReportNumbers.grouped(summary.skipped), kind: summary.skipped > 0 ? "skipped" : "none"))\
      \(figure("Pixels made", pixels, unit: pixelUnit))\
      \(figure("Time", ReportNumbers.duration(report.seconds), kind: "time"))\
      \(figure("Pictures a minute", rate))\
      </dl>
      \(bar)</section>

      """
  }

  private func figure(
    _ name: HTML, _ value: String, unit: String? = nil, kind: HTML = "plain"
  ) -> HTML {
    let unit: HTML = unit.map { " <small>\($0)</small>" } ?? ""
    return "<div class=\"\(kind)\"><dt>\(name)</dt><dd>\(value)\(unit)</dd></div>\n"
  }

  /// The share of each status as a thin bar; the numbers above it say the same.
  private var bar: HTML {
    guard summary.total > 0 else { return "" }
    var start = 0
    let parts = [ReportStatus.done, .damaged, .failed, .skipped].map { status -> HTML in
      // In units of 1/1000; a status that occurs at all gets at least one.
      let end = min(start + summary.count(status), summary.total)
      let (left, right) = (1000 * start / summary.total, 1000 * end / summary.total)
      start = end
      guard summary.count(status) > 0 else { return "" }
      return """
        <rect class="\(status.rawValue)" x="\(left)" width="\(max(right - left, 4))" height="8"/>

        """
    }
    return """
      <svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
      \(joined(parts))</svg>

      """
  }

  private var tools: HTML {
    let choices = ReportStatus.allCases.sorted { $0.order < $1.order }
      .filter { summary.count($0) > 0 }
      .map { choice($0.rawValue, $0.name, summary.count($0)) }
    return """
      <div class="tools" role="search">
      <fieldset><legend>Show</legend>
      \(choice("all", "All", summary.total, isChosen: true))\(joined(choices))</fieldset>
      <input type="search" id="text" placeholder="Filter by name or reason" \
      aria-label="Filter by name or reason" autocomplete="off" spellcheck="false">
      <output id="count" aria-live="polite"></output>
      </div>

      """
  }

  private func choice(
    _ value: String, _ name: HTML, _ count: Int, isChosen: Bool = false
  ) -> HTML {
    let checked: HTML = isChosen ? " checked" : ""
    return """
      <label><input type="radio" name="show" id="show-\(value)" value="\(value)" \
      autocomplete="off"\(checked)>\
      <span>\(name) <b>\(ReportNumbers.grouped(count))</b></span></label>

      """
  }

  // MARK: Entries

  private func writeFailures() throws(UpscaleError) {
    guard summary.failed > 0 else { return }
    try put(
      """
      <section id="failures">
      <h2>Failed <span>\(ReportNumbers.grouped(summary.failed))</span></h2>
      <ul class="failures">

      """)
    for row in report.rows {
      guard let failure = row.entry.failure else { continue }
      let code: HTML =
        failure.code == 0
        ? ""
        : """
        <p class="code">exit code <b>\(failure.code)</b> \
        <span>\(report.meaning(Int32(clamping: failure.code)))</span></p>
        """
      try put(
        """
        <li class="item" data-status="failed"><div>\
        <h3><bdi>\(row.entry.input.text)</bdi></h3>\
        <p class="reason"><bdi>\(failure.reason.isEmpty ? "no reason is known" : failure.reason)</bdi>\
        </p></div>\(code)</li>

        """)
    }
    try put("</ul>\n</section>\n")
  }

  /// Writes the results that can be shown as pictures: new ones first, up to the limits.
  ///
  /// - Returns: For each row whether it was written.
  private func writeComparisons() throws(UpscaleError) -> [Bool] {
    var shown = [Bool](repeating: false, count: report.rows.count)
    var (count, spent, candidates) = (0, 0, 0)
    for status in [ReportStatus.damaged, .done] {
      for (index, row) in report.rows.enumerated() where ReportStatus(row.entry.outcome) == status {
        candidates += 1
        guard count < report.comparisonLimit, spent < report.comparisonCharacters else { continue }
        // The batch has reported what was wrong with a picture; here it is only left out.
        guard
          let preview = try? ReportPreview(
            inputPath: row.entry.input, outputPath: row.output, memory: report.comparisonMemory)
        else { continue }
        if count == 0 {
          try put(
            """
            <section id="pictures">
            <h2>Before and after</h2>
            <p class="hint">The part of each picture with most detail, at the size of the result: \
            the input enlarged by plain bicubic resampling, and what the network made of it.\
            <span class="scripted"> Drag the divider, or use the arrow keys.</span></p>
            <div class="cards">

            """)
        }
        let markup = card(row, preview)
        spent += preview.base64Count
        count += 1
        shown[index] = true
        try put(markup)
      }
    }
    guard count > 0 else { return shown }
    try put("</div>\n")
    if count < candidates {
      try put(
        """
        <p class="hint">\(ReportNumbers.grouped(count)) of \(ReportNumbers.grouped(candidates)) \
        results are shown as pictures, to keep this page small; the others are listed below.</p>

        """)
    }
    try put("</section>\n")
    return shown
  }

  private func card(_ row: JournalMerge.Item, _ preview: ReportPreview) -> HTML {
    let (width, height) = (preview.width * preview.zoom, preview.height * preview.zoom)
    func picture(_ bytes: [UInt8], _ kind: HTML, _ alternative: HTML) -> HTML {
      """
      <img class="\(kind)\(preview.zoom > 1 ? " enlarged" as HTML : "")" width="\(width)" \
      height="\(height)" alt="\(alternative)" decoding="async" \
      src="data:image/\(ReportPreview.format.rawValue);base64,\(HTML(trusted: Data(bytes).base64EncodedString()))">
      """
    }
    let isEnlarged = preview.zoom > 1
    let fill: HTML =
      width == ReportPreview.maximumWidth || isEnlarged && 3 * width >= 4 * height
      ? " wide" : isEnlarged || height >= ReportPreview.maximumHeight * 3 / 4 ? " tall" : ""
    let zoom: HTML = isEnlarged ? "<span class=\"zoom\">enlarged</span>" : ""
    return """
      <article class="item card" data-status="\(ReportStatus(row.entry.outcome).rawValue)">
      <div class="stage"><div class="pair\(fill)">
      \(picture(preview.after, "after", "The result"))
      \(picture(preview.before, "before", "The input, enlarged by bicubic resampling"))
      <input class="divider" type="range" min="0" max="100" value="50" autocomplete="off" \
      aria-label="Part of the picture that shows the input, in per cent">\
      <i class="line" aria-hidden="true"></i></div>
      <span class="label left" aria-hidden="true">Bicubic</span>\
      <span class="label right" aria-hidden="true">Upscaled</span>\(zoom)</div>
      <h3><bdi>\(row.entry.input.text)</bdi></h3>
      \(outputName(row))\(note(row.entry))<dl class="facts">
      \(fact("Pixels", pixels(row.entry)))\(fact("File", bytes(row.entry)))\
      \(fact("Time", time(row.entry)))</dl>
      </article>

      """
  }

  private func fact(_ name: HTML, _ value: HTML?) -> HTML {
    value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>\n" } ?? ""
  }

  private func writeOthers(except shown: [Bool]) throws(UpscaleError) {
    let others = zip(report.rows, shown).count { !$1 && $0.entry.failure == nil }
    guard others > 0 else { return }
    let title: HTML = others == summary.total ? "Files" : "Other files"
    try put(
      """
      <section id="others">
      <h2>\(title) <span>\(ReportNumbers.grouped(others))</span></h2>
      <table>
      <thead><tr><th scope="col">Name</th><th scope="col">Pixels</th><th scope="col">File</th>\
      <th scope="col">Time</th><th scope="col">Status</th></tr></thead>
      <tbody>

      """)
    var row = 0
    for (item, isShown) in zip(report.rows, shown) where !isShown && item.entry.failure == nil {
      let (entry, status) = (item.entry, ReportStatus(item.entry.outcome))
      // A browser lays out a group when it comes into view.
      if row > 0, row.isMultiple(of: 100) { try put("</tbody>\n<tbody>\n") }
      row += 1
      try put(
        """
        <tr class="item" data-status="\(status.rawValue)">\
        <td class="name"><bdi>\(entry.input.text)</bdi>\(outputName(item))\(note(entry))</td>\
        <td>\(pixels(entry) ?? "")</td><td>\(bytes(entry) ?? "")</td><td>\(time(entry) ?? "")</td>\
        <td class="status">\(status.name)</td></tr>

        """)
    }
    try put("</tbody>\n</table>\n</section>\n")
  }

  // MARK: Facts of a row

  private func outputName(_ row: JournalMerge.Item) -> HTML {
    guard row.entry.written != nil, row.output != row.entry.input else { return "" }
    return "<p class=\"output\"><bdi>\(row.output.text)</bdi></p>"
  }

  private func note(_ entry: JournalEntry) -> HTML {
    let reason: String? =
      switch entry.outcome {
      case .done(let output):
        output.damage ?? (output.isCopy ? "the same picture as another one" : nil)
      case .skipped(let reason): reason.text
      case .failed: nil
      }
    return reason.map { "<p class=\"reason\"><bdi>\($0)</bdi></p>" } ?? ""
  }

  private func pixels(_ entry: JournalEntry) -> HTML? {
    change(
      size(entry.width, entry.height), entry.written.flatMap { size($0.width, $0.height) })
  }

  /// nil for what is not known.
  private func size(_ width: Int, _ height: Int) -> String? {
    width > 0 && height > 0 ? "\(width) × \(height)" : nil
  }

  private func bytes(_ entry: JournalEntry) -> HTML? {
    func text(_ count: Int) -> String? { count > 0 ? byteCountText(count) : nil }
    return change(text(entry.inputBytes), entry.written.flatMap { text($0.bytes) })
  }

  private func time(_ entry: JournalEntry) -> HTML? {
    entry.seconds > 0 ? "\(ReportNumbers.duration(entry.seconds))" : nil
  }

  private func change(_ old: String?, _ new: String?) -> HTML? {
    switch (old, new) {
    case (let old?, let new?):
      "<span>\(old)</span> <span class=\"new\"><i>→</i> \(new)</span>"
    case (let old?, nil): "<span>\(old)</span>"
    case (nil, let new?): "<span>\(new)</span>"
    case (nil, nil): nil
    }
  }

  // MARK: Output

  private func joined(_ parts: [HTML]) -> HTML {
    HTML(trusted: parts.map(\.markup).joined())
  }

  private func put(_ html: HTML) throws(UpscaleError) {
    pending += html.markup.utf8
    if pending.count >= 1 << 16 { try flush() }
  }

  private func flush() throws(UpscaleError) {
    try pending.withUnsafeBufferPointer { (bytes) throws(UpscaleError) in
      try stream.write(UnsafeRawBufferPointer(bytes))
    }
    pending.removeAll(keepingCapacity: true)
  }
}
