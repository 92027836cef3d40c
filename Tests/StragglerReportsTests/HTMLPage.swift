// A strict reader of HTML: stricter than browsers, so that nothing is left to how they mend what is wrong.

/// What is wrong with a page, and what a test wants to know of it.
struct HTMLPage {
  private(set) var mistakes: [String] = []
  private(set) var ids: [String] = []
  private(set) var references: [String] = []
  private(set) var headings: [Int] = []
  /// Text outside of tags and of the style sheet, with its entities decoded.
  private(set) var text = ""
  private var open: [String] = []
  private var scalars: ArraySlice<Unicode.Scalar>

  /// Elements that may appear, with the attributes they may have.
  private static let known: [String: Set<String>] = [
    "html": ["lang"], "head": [], "meta": ["charset", "http-equiv", "content", "name"], "title": [], "style": [],
    "body": [], "a": ["class", "href"], "header": [], "main": ["id", "tabindex"], "footer": [], "p": ["class"],
    "section": ["aria-labelledby"], "article": ["class", "id", "aria-labelledby"], "h1": [], "h2": ["id"],
    "h3": ["id"], "h4": [], "span": ["class"], "code": [], "pre": ["tabindex", "role", "aria-label"], "b": [], "i": [],
    "strong": [], "ol": ["class"], "ul": ["class"], "li": ["class"], "dl": [], "dt": [], "dd": [],
    "details": ["class"], "summary": [], "figure": ["class", "aria-labelledby", "style"], "figcaption": ["id"],
    "div": ["class", "aria-hidden", "style"],
    "svg": ["class", "viewBox", "preserveAspectRatio", "aria-hidden"], "path": ["d", "class"],
  ]

  init(_ page: String) {
    scalars = Array(page.unicodeScalars)[...]
    if !skip("<!DOCTYPE html>") { mistakes.append("no doctype") }
    while let next = scalars.first {
      if next == "<" { tag() } else { characters() }
    }
    if !open.isEmpty { mistakes.append("not closed: \(open)") }
    if Set(ids).count != ids.count { mistakes.append("an id twice") }
    mistakes += references.filter { !ids.contains($0) }.map { "no element of id \($0)" }
    for (one, next) in zip(headings, headings.dropFirst()) where next > one + 1 { mistakes.append("a heading skipped") }
  }

  private mutating func skip(_ text: String) -> Bool {
    guard scalars.starts(with: text.unicodeScalars) else { return false }
    scalars.removeFirst(text.unicodeScalars.count)
    return true
  }

  private mutating func take(while condition: (Unicode.Scalar) -> Bool) -> String {
    let taken = scalars.prefix(while: condition)
    scalars.removeFirst(taken.count)
    return taken.reduce(into: "") { $0.unicodeScalars.append($1) }
  }

  private mutating func characters() {
    text += decoded(take { $0 != "<" })
  }

  /// Only the entities that we write; no bare `&`, no bare `>`, no control characters.
  private mutating func decoded(_ raw: String) -> String {
    let entities = ["&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'", "&amp;": "&"]
    let bare = entities.keys.reduce(raw) { $0.replacing($1, with: "") }
    if bare.unicodeScalars.contains(where: { "&<>\"".unicodeScalars.contains($0) || $0.value < 0x20 && $0 != "\n" }) {
      if !bare.hasPrefix("default-src") { mistakes.append("bare characters: \(raw.prefix(80))") }
    }
    return ["&lt;", "&gt;", "&quot;", "&#39;", "&amp;"].reduce(raw) { $0.replacing($1, with: entities[$1]!) }
  }

  private mutating func tag() {
    _ = skip("<")
    let isEnd = skip("/")
    let name = take { $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    guard let allowed = Self.known[name] else {
      mistakes.append("element \(name)")
      return
    }
    if isEnd {
      if open.popLast() != name || !skip(">") { mistakes.append("</\(name)> at the wrong place") }
      return
    }
    if name.count == 2, name.hasPrefix("h"), let level = Int(name.dropFirst()) { headings.append(level) }
    attributes(of: name, allowed)
    let isEmpty = skip("/")
    if !skip(">") { mistakes.append("<\(name) is not closed") }
    if name == "style" { styleSheet() } else if !isEmpty, name != "meta" { open.append(name) }
  }

  private mutating func attributes(of element: String, _ allowed: Set<String>) {
    var seen: Set<String> = []
    while skip(" ") {
      let name = take { $0 != "=" && $0 != ">" && $0 != " " }
      guard skip("=\"") else {
        mistakes.append("attribute \(name) without quotes")
        return
      }
      let value = decoded(take { $0 != "\"" })
      _ = skip("\"")
      if !allowed.contains(name) || !seen.insert(name).inserted { mistakes.append("attribute \(element).\(name)") }
      if name == "id" { ids.append(value) }
      if name == "aria-labelledby" { references.append(value) }
      if name == "href" { references.append(String(value.dropFirst())) }
      if name == "style", value.contains(/[^-a-z0-9:;]/) { mistakes.append("style \(value)") }
    }
  }

  private mutating func styleSheet() {
    let sheet = take { $0 != "<" }
    if !skip("</style>") || sheet.contains("url(") || sheet.contains("@import") { mistakes.append("the style sheet") }
  }
}
