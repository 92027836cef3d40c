// How the text report looks: colours, and how paths are shortened.

internal import StragglerAnalysis

extension TextReport {
  /// What the caller decides about the looks.
  public struct Style: Sendable {
    /// Use the terminal's colours. The caller knows whether there is a terminal.
    public var color: Bool
    /// Paths below this folder are shown relative to it; nil shows all as they are.
    public var folder: String?

    public init(color: Bool = false, folder: String? = nil) {
      self.color = color
      self.folder = folder
    }

    func level(_ level: Level) -> String {
      switch level {
      case .error: paint(level.rawValue + ":", "1;31")
      case .warning: paint(level.rawValue + ":", "1;35")
      case .note: paint(level.rawValue + ":", "1;36")
      }
    }

    func strong(_ text: String) -> String { paint(text, "1") }
    func label(_ text: String) -> String { paint(text, "1;34") }
    func mark(_ text: String) -> String { paint(text, "1;32") }
    func faint(_ text: String) -> String { paint(text, "2") }

    /// Select Graphic Rendition, ECMA-48 8.3.117.
    private func paint(_ text: String, _ code: String) -> String {
      color && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// A path as it is shown.
    func path(_ path: String) -> String {
      visible(pathInside(folder, path).map(String.init) ?? path)
    }
  }
}
