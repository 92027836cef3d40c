// The one place that a finding is attached to, in formats that know one.

internal import StragglerAnalysis
internal import StragglerModel

/// A line of the program's own sources.
struct SourcePlace {
  var frame: Frame
  /// Relative to the project's folder where the file lies in there.
  var path: String
}

extension Finding {
  /// Where a person is to look first: where the resource was acquired, else where the thread stood or was made. A place in a
  /// library, or without source, only where there is no other.
  ///
  /// - Parameter folder: the project's; see `sourcePlace`.
  func place(inProject folder: String?) -> Frame? {
    if let place = sourcePlace(inProject: folder) { return place.frame }
    let places = stacksByWeight.compactMap { StackOutline($0)?.place }
    return places.first { $0.file != nil } ?? places.first
  }

  /// The program's own code in the first stack that has any: the innermost frame that lies in the project, else the innermost.
  func sourcePlace(inProject folder: String?) -> SourcePlace? {
    stacksByWeight.lazy.compactMap { stack in
      let frames = stack.frames.lazy.filter(\.isProgramOwn)
      return frames.compactMap { $0.place(inProject: folder) }.first ?? frames.compactMap(\.placeElsewhere).first
    }
    .first
  }

  private var stacksByWeight: [Stack] { [acquired, circle.first?.stopped, stopped, created].compactMap(\.self) }
}

extension Frame {
  /// A relative path was made relative by the build, as -ffile-prefix-map does: to the project, as long as it does not leave it.
  fileprivate func place(inProject folder: String?) -> SourcePlace? {
    guard let file else { return nil }
    let path = isAbsolute(file) ? relativePath(file, to: folder) : straightPath(file[...])
    return path.map { SourcePlace(frame: self, path: $0) }
  }

  fileprivate var placeElsewhere: SourcePlace? {
    file.flatMap { isAbsolute($0) ? SourcePlace(frame: self, path: $0) : nil }
  }
}
