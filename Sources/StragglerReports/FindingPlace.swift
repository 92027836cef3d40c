// The one place that a finding is attached to, in formats that know one.

internal import StragglerAnalysis
internal import StragglerModel

extension Finding {
  /// Where a person is to look first: where the resource was acquired, else where the thread stood or was made. A place in a
  /// library, or without source, only where there is no other.
  var place: Frame? {
    let stacks = [acquired, circle.first?.stopped, stopped, created]
    let places = stacks.compactMap { $0 }.compactMap { StackOutline($0)?.place }
    return places.first { $0.file != nil && $0.isProgramOwn } ?? places.first { $0.file != nil } ?? places.first
  }
}
