// The stacks that a report will show, collected so that they are looked up all at once.

internal import StragglerModel

struct StackBatch {
  /// A place in the batch: names a stack that is not there yet.
  struct Ticket: Hashable {
    fileprivate var index: Int
  }

  private var requests: [StackRequest] = []
  private var createdTickets: [Int: Ticket] = [:]
  private var stoppedTickets: [Int: Ticket] = [:]

  mutating func ask(_ request: StackRequest) -> Ticket {
    requests.append(request)
    return Ticket(index: requests.count - 1)
  }

  mutating func stack(_ captured: CapturedStack?) -> Ticket? {
    captured.map { ask(.stack($0)) }
  }

  /// Where a lock was acquired, continued from where its thread stands.
  mutating func acquisition(_ recorded: CapturedStack?, by thread: RecordedThread?) -> Ticket? {
    recorded.map { ask(.acquisition($0, stoppedAt: thread?.stop?.stack)) }
  }

  /// Where a thread was created; asked for once however many findings tell of the thread.
  mutating func creation(of thread: RecordedThread?) -> Ticket? {
    guard let thread, let creation = thread.creation else { return nil }
    if let known = createdTickets[thread.number] { return known }
    let ticket = ask(.stack(creation))
    createdTickets[thread.number] = ticket
    return ticket
  }

  /// Where a thread stood; asked for once as well.
  mutating func stop(of thread: RecordedThread?) -> Ticket? {
    guard let thread, let stop = thread.stop?.place else { return nil }
    if let known = stoppedTickets[thread.number] { return known }
    let ticket = ask(.stack(stop))
    stoppedTickets[thread.number] = ticket
    return ticket
  }

  /// Looks everything up. What the reader can't mend is cut off.
  func resolved(by resolver: any StackResolving) -> ResolvedStacks {
    let stacks = resolver.resolve(requests)
    precondition(stacks.count == requests.count, "\(requests.count) stacks were asked for, \(stacks.count) came")
    return ResolvedStacks(stacks: stacks.map { $0.trimmed() })
  }
}

struct ResolvedStacks {
  fileprivate var stacks: [Stack]

  /// nil where nothing was asked for, and where nothing came of it: no frame is known.
  subscript(ticket: StackBatch.Ticket?) -> Stack? {
    guard let ticket, !stacks[ticket.index].frames.isEmpty else { return nil }
    return stacks[ticket.index]
  }
}

extension RecordedStop {
  /// The stack that was copied; of a thread that could not be stopped, the one address that its system call tells.
  var place: CapturedStack? {
    if let stack { return stack }
    guard let systemCall, systemCall.pc != 0 else { return nil }
    var registers = [UInt64?](repeating: nil, count: 17)
    registers[7] = systemCall.sp
    registers[16] = systemCall.pc
    return CapturedStack(
      registers: registers, base: systemCall.sp, bytes: [], reachesBase: false, foreign: true, isReturnAddress: false)
  }
}
