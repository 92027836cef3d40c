// Why no recorder attached to the program that came to the end of an observed one's process.

internal import Glibc

/// What that program would have needed of this run, and whose process it was.
struct UnseenCause {
  /// The user that it ran as; nil where that could not be read.
  var user: UInt32?
  /// The user that this run belongs to.
  var runner: UInt32
  var library: String
  var socket: String

  /// What was in the way and what to do, without a full stop.
  var words: String {
    if let user, user != runner {
      if user == 0 { return "it ran as user 0 by a set-user-ID program, into which the loader preloads nothing" }
      if let folder = Self.closed(library, to: user) {
        return "it ran as user \(user), to whom \(folder) is closed: install Straggler where every user can read it"
      }
      if let folder = Self.closed(socket, to: user) {
        return "it ran as user \(user), to whom \(folder) is closed: let TMPDIR name a folder that every user can enter"
      }
    }
    return "keep LD_PRELOAD and STRAGGLER_SOCKET in its environment, and see that it is neither statically linked, nor "
      + "built for musl or another machine, nor started in a seccomp sandbox"
  }

  /// The first part of a path that this user may not enter, or, at its end, not read: by its mode alone, as nobody's member.
  private static func closed(_ path: String, to user: UInt32) -> String? {
    let parts = path.split(separator: "/")
    for count in 1...max(parts.count, 1) {
      let part = "/" + parts.prefix(count).joined(separator: "/")
      var status = stat()
      guard stat(part, &status) == 0 else { return part }
      let asked: UInt32 = count < parts.count ? 0o1 : 0o4
      if (status.st_uid == user ? status.st_mode >> 6 : status.st_mode) & asked == 0 { return part }
    }
    return nil
  }
}
