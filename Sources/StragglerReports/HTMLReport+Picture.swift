// The picture of the threads on the HTML page: a lane for each, over the phases of the exit.

internal import StragglerAnalysis
internal import StragglerModel

extension HTMLReport {
  /// Width of the column of arrows, in pixels.
  private static let gutter = 56
  /// Height of a lane in the arrows' own coordinates: they are stretched to the lanes' real height.
  private static let laneHeight = 100

  func picture(_ picture: ThreadPicture, title: String) -> String {
    let columns = "--columns:\(picture.phases.count)"
    var text =
      "<figure class=\"picture\" aria-labelledby=\"\(title)\" style=\"\(columns);--lanes:\(picture.lanes.count)\">\n"
    text += "<figcaption id=\"\(title)\">The threads, from left to right until the process ended. "
    text += "An arrow leads from who waited to who was waited for.</figcaption>\n"
    let phases = picture.phases.enumerated().map { index, name in
      "<span\(index > picture.reached ? " class=\"unreached\"" : "")>\(name)</span>"
    }
    text += "<div class=\"phases\" aria-hidden=\"true\">\(phases.joined())</div>\n"
    text += "<div class=\"lanes\">\n<ol>\n\(picture.lanes.map { lane($0, of: picture) }.joined())</ol>\n"
    text += arrows(picture) + "</div>\n"
    if picture.omitted > 0 {
      text += "<p class=\"faint\">\(plural(picture.omitted, "other thread is", "other threads are")) not shown.</p>\n"
    }
    return text + "</figure>\n"
  }

  private func lane(_ lane: ThreadPicture.Lane, of picture: ThreadPicture) -> String {
    let ended = lane.known?.state == .unjoined || lane.known?.state == .ended
    let phases = ended ? "" : ", until the phase \(picture.phases[picture.reached])"
    let held = lane.holds.isEmpty ? heldCount(lane) : "held \(short(lane.holds))"
    let waited = lane.waits.isEmpty ? "" : "waited for \(short(lane.waits))"
    let facts = [held, waited].filter { !$0.isEmpty }.joined(separator: "; ")
    let name = lane.thread.name ?? "thread \(lane.thread.number)"
    return "<li class=\"lane \(lane.level?.rawValue ?? "free") \(lane.known?.state.rawValue ?? "unknown")\">"
      + "<div class=\"who\"><b>\(escaped(name))</b> <span>\(role(lane))</span></div>"
      + "<div class=\"track\"><div class=\"life\" style=\"--reached:\(ended ? 1 : picture.reached + 1)\">"
      + "<span class=\"hidden\">\(state(lane))\(phases). </span></div>"
      + "<span class=\"what\">\(escaped(facts))</span></div></li>\n"
  }

  /// What the list of threads says of one that no finding tells of.
  private func heldCount(_ lane: ThreadPicture.Lane) -> String {
    guard let count = lane.holdCount else { return "" }
    return count == 0 ? "held nothing" : "held \(plural(count, "resource", "resources"))"
  }

  /// The first of several, and how many there are besides.
  private func short(_ texts: [String]) -> String {
    texts.count < 2 ? texts.joined() : "\(texts[0]) and \(texts.count - 1) more"
  }

  private func role(_ lane: ThreadPicture.Lane) -> String {
    var parts = ["thread \(lane.thread.number)"]
    if let listed = lane.known, listed.declared { parts.append(listed.daemon ? "daemon" : "no daemon") }
    parts.append(state(lane))
    return parts.joined(separator: ", ")
  }

  private func state(_ lane: ThreadPicture.Lane) -> String {
    switch lane.known?.state {
    case .exiting: "exits"
    case .abandoned: "cut off"
    case .unjoined: "ended, not joined"
    case .ended: "ended"
    case .running: "runs"
    case nil: "state not known"
    }
  }

  private func arrows(_ picture: ThreadPicture) -> String {
    let height = picture.lanes.count * Self.laneHeight
    var text =
      "<svg class=\"waits\" viewBox=\"0 0 \(Self.gutter) \(height)\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
    for wait in picture.waits { text += arrow(wait) }
    return text + "</svg>\n"
  }

  /// A curve on the right of the lanes, with its head at who is waited for. Beginnings and ends of a lane lie apart.
  private func arrow(_ wait: ThreadPicture.Wait) -> String {
    let isSelf = wait.from == wait.to
    let down = wait.to > wait.from
    let begin = wait.from * Self.laneHeight + (isSelf ? 30 : down ? 60 : 40)
    let end = wait.to * Self.laneHeight + (isSelf ? 70 : down ? 40 : 60)
    let bulge = min(Self.gutter - 4, 24 + 10 * abs(wait.to - wait.from))
    return "<path d=\"M2 \(begin)C\(bulge) \(begin) \(bulge) \(end) 8 \(end)\"/>"
      + "<path class=\"head\" d=\"M2 \(end)l10 -7v14z\"/>"
  }
}
