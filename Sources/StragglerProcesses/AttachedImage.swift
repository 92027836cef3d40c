// One program image whose recorder attached: its arena, and whether its process is still there.

internal import CStragglerArena
internal import CStragglerSystem
internal import Glibc
internal import StragglerModel

/// How far an image's exit has come, read from the arena's first bytes while the process runs.
struct ExitState: Equatable {
  var phase: RecordedExit.Phase
  var kind: RecordedExit.Kind
  var status: Int32
  /// CLOCK_MONOTONIC, nanoseconds; nil before exit began.
  var begun: UInt64?
}

/// An image and the descriptors that outlive it: the arena's, and one that tells when the process has ended.
final class AttachedImage {
  let processID: Int32
  let parentID: Int32
  let arena: OwnedDescriptor
  /// nil where the process had ended before anybody looked, or can be asked for by its number only.
  let process: OwnedDescriptor?
  private let hadEnded: Bool
  let executable: String

  init(_ hello: ReceivedHello) {
    processID = hello.processID
    parentID = hello.parentID
    arena = hello.arena
    var descriptor: Int32 = -1
    let error = straggler_system_process_descriptor(hello.processID, &descriptor)
    process = error == 0 ? OwnedDescriptor(descriptor) : nil
    hadEnded = error == ESRCH
    executable = Self.header(of: hello.arena)?.path ?? ""
  }

  /// Whether the process, in whatever image, has ended.
  var hasEnded: Bool {
    // Without a descriptor (a seccomp filter that refuses pidfd_open, none left) the number is all there is.
    guard let process else { return hadEnded || ProcessTree.isGone(processID) }
    var request = pollfd(fd: process.number, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) == 1
  }

  /// nil where the header can't be read or is no arena's: reading the whole arena will say what is wrong with it.
  var exitState: ExitState? { Self.header(of: arena)?.exit }

  /// Whether the exiting thread waits for us to stop the others: the program has confined itself (seccomp(2)).
  var awaitsOutsideStop: Bool {
    var word: UInt32 = 0
    let offset = off_t(MemoryLayout<StragglerArenaHeader>.offset(of: \.outside_stop)!)
    return pread(arena.number, &word, MemoryLayout.size(ofValue: word), offset) == MemoryLayout.size(ofValue: word)
      && word == STRAGGLER_OUTSIDE_STOP_ASKED.rawValue
  }

  /// Tells the exiting thread how far we are. One that waits and does not hear of it gives up by itself.
  func answer(_ state: StragglerOutsideStop) {
    var word = state.rawValue
    let offset = off_t(MemoryLayout<StragglerArenaHeader>.offset(of: \.outside_stop)!)
    _ = pwrite(arena.number, &word, MemoryLayout.size(ofValue: word), offset)
  }

  private static func header(of arena: OwnedDescriptor) -> (path: String, exit: ExitState)? {
    var header = StragglerArenaHeader()
    let size = MemoryLayout<StragglerArenaHeader>.size
    guard pread(arena.number, &header, size, 0) == size, header.magic == straggler_system_arena_magic else {
      return nil
    }
    let path = withUnsafeBytes(of: &header.executable) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let exit = ExitState(
      phase: RecordedExit.Phase(rawValue: header.exit.phase) ?? .running,
      kind: RecordedExit.Kind(rawValue: header.exit.kind) ?? .none,
      status: header.exit.status,
      begun: header.exit.begun == 0 ? nil : header.exit.begun)
    return (path, exit)
  }
}
