// The socket that recorders connect to: each sends one hello with its arena's descriptor, and closes.

internal import CStragglerArena
internal import CStragglerSystem
internal import Glibc

/// What one recorder said when it attached.
struct ReceivedHello {
  /// The process as the kernel knows it, whatever the recorder calls itself.
  var processID: Int32
  var parentID: Int32
  var arena: OwnedDescriptor
}

/// A listening socket, and the connections that have not spoken yet. Never blocks.
final class RecorderSocket {
  let path: String
  private let listener: OwnedDescriptor
  private var connections: [OwnedDescriptor] = []
  /// Processes whose records could not be taken: no descriptor was left for them.
  private(set) var unreceived: [Int32] = []
  /// Whether something waits until descriptors are let go.
  private(set) var isFull = false

  /// - Throws: `ObservationError` (125) when the socket can't be made.
  init(in directory: PrivateDirectory) throws(ObservationError) {
    path = directory.hiddenEntry()
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw .system("can't make a socket for the recorder", errno) }
    listener = OwnedDescriptor(descriptor)
    // /proc/net/unix tells everybody the path that a socket was bound to: it is another one than its own.
    let place = directory.entry("socket")
    guard Self.bind(descriptor, to: place) == 0, listen(descriptor, SOMAXCONN) == 0, chmod(place, 0o666) == 0,
      rename(place, path) == 0
    else { throw .system("can't listen on \(place)", errno) }
    try directory.letOthersThrough()
  }

  private static func bind(_ descriptor: Int32, to path: String) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { space in
      space.copyBytes(from: path.utf8.prefix(space.count - 1))
    }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  /// The descriptors to poll for input.
  var descriptors: [Int32] { isFull ? [] : [listener.number] + connections.map(\.number) }

  /// Takes what has come, in the order in which the recorders connected, as far as there are descriptors for it: the rest waits, and what
  /// it brought with it lives on, until others were let go.
  ///
  /// - Parameter spare: how many descriptors are left for other work.
  func receive(spare: Int) -> [ReceivedHello] {
    var hellos: [ReceivedHello] = []
    isFull = false
    connections.removeAll { connection in take(connection, &hellos, spare) }
    while hasRoom(for: hellos, spare), let connection = accept() {
      if !take(connection, &hellos, spare) { connections.append(connection) }
    }
    return hellos
  }

  /// Gives up what still waits for descriptors.
  func dismissWaiting() {
    guard isFull else { return }
    unreceived += connections.map { straggler_system_peer($0.number) }
    connections = []
    while let connection = accept() { unreceived.append(straggler_system_peer(connection.number)) }
  }

  private func accept() -> OwnedDescriptor? {
    var descriptor: Int32 = -1
    return straggler_system_accept(listener.number, &descriptor) == 0 ? OwnedDescriptor(descriptor) : nil
  }

  /// Whether there are descriptors for one more connection and its arena, and for the processes of those that were just taken.
  private func hasRoom(for hellos: [ReceivedHello], _ spare: Int) -> Bool {
    let needed = (0..<2 + hellos.count + spare).map { _ in fcntl(listener.number, F_DUPFD_CLOEXEC, 0) }
    for descriptor in needed where descriptor >= 0 { close(descriptor) }
    if needed.contains(-1) { isFull = true }
    return !isFull
  }

  /// False where the connection has to wait.
  private func take(_ connection: OwnedDescriptor, _ hellos: inout [ReceivedHello], _ spare: Int) -> Bool {
    guard hasRoom(for: hellos, spare) else { return false }
    switch Self.receive(from: connection) {
    case .nothingYet: return false
    case .hello(let hello): hellos.append(hello)
    case .foreign: break
    case .noDescriptor(let sender): unreceived.append(sender)
    }
    return true
  }

  private enum Reception {
    case nothingYet
    case hello(ReceivedHello)
    /// Not a recorder of this version: it is not listened to any longer.
    case foreign
    /// A recorder's, for whose arena this process has no descriptor left.
    case noDescriptor(Int32)
  }

  private static func receive(from connection: OwnedDescriptor) -> Reception {
    var hello = StragglerHello()
    var descriptor: Int32 = -1
    var sender: Int32 = 0
    let size = MemoryLayout<StragglerHello>.size
    let error = straggler_system_receive(connection.number, &hello, size, &descriptor, &sender)
    guard error != EAGAIN else { return .nothingYet }
    let arena = error == 0 && descriptor >= 0 ? OwnedDescriptor(descriptor) : nil
    guard error == 0, sender > 0, hello.magic == straggler_system_arena_magic,
      hello.version == straggler_system_arena_version
    else {
      return .foreign
    }
    guard let arena else { return .noDescriptor(sender) }
    return .hello(ReceivedHello(processID: sender, parentID: hello.parent_pid, arena: arena))
  }
}
