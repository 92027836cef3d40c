// This process's environment and executable, read once.

internal import Glibc

struct ProcessEnvironment {
  /// As they came: `NAME=value`, in their order.
  var variables: [String]
  /// By name; the first of several wins, as getenv(3) has it.
  var values: [String: String]

  static var current: ProcessEnvironment {
    var variables: [String] = []
    var next = environ
    while let variable = next.pointee {
      variables.append(String(cString: variable))
      next += 1
    }
    let pairs = variables.compactMap { variable -> (String, String)? in
      guard let equals = variable.firstIndex(of: "=") else { return nil }
      return (String(variable[..<equals]), String(variable[variable.index(after: equals)...]))
    }
    return ProcessEnvironment(variables: variables, values: Dictionary(pairs) { first, _ in first })
  }

  /// nil where it is gone or can't be named.
  static var workingDirectory: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }

  /// The path of the running executable; empty where /proc is not mounted.
  static var executable: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    return length < 0 ? "" : String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
