// What is to be observed, and what came of it.

public import StragglerModel

/// One run, as it is to be made.
public struct ObservationRequest {
  public var program: ObservableProgram
  public var preload: PreloadLibrary
  /// The program's environment as `NAME=value`, before anything is added.
  public var environment: [String]
  /// Where the run's private folder is made.
  public var temporaryFolder: String
  /// Whether processes that the program starts are kept, too.
  public var observesChildren = true
  /// How long an exit may take from its beginning; nil: any time.
  public var exitTimeout: Duration?
  /// Whether a process with this executable is worth keeping; asked once for each child when it attaches.
  public var keepsExecutable: (String) -> Bool = { _ in true }
  /// Whether a child that has ended has anything to say. Memory for a run of many processes is bounded by this.
  public var keepsImage: (ObservedImage) -> Bool = { _ in true }
  /// The threads of a proven circle of waits round the exit; nil where nothing is proven.
  public var exitDeadlock: (RecordedProcess) -> [Int]? = { _ in nil }

  public init(
    program: ObservableProgram, preload: PreloadLibrary, environment: [String], temporaryFolder: String
  ) {
    self.program = program
    self.preload = preload
    self.environment = environment
    self.temporaryFolder = temporaryFolder
  }
}

/// How the program ended.
public enum ProgramEnding: Sendable, Equatable {
  case exited(Int32)
  case signaled(Int32)
  /// By us.
  case forced(ForcedEnding)
}

/// How one image ended.
public enum ImageEnding: Sendable, Equatable {
  case exited(Int32)
  case signaled(Int32)
  case forced(ForcedEnding)
  /// Another image took its place: exec.
  case replaced
  /// It is gone, and nobody saw how.
  case unknown
  /// It went on when the program had ended.
  case running
}

/// One program image that a recorder attached to.
public struct ObservedImage: Sendable {
  /// In the order in which the recorders attached.
  public var order: Int
  public var processID: Int32
  /// Of the process that was started: the program itself, or what it was before an exec.
  public var isMain: Bool
  public var recorded: Result<RecordedProcess, any Error>
  public var ending: ImageEnding
}

/// Programs that one observed program made of its process, or of children of its, and that no recorder attached to.
public struct UnattachedPrograms: Sendable, Equatable {
  /// The observed program's path.
  public var starter: String
  /// Ascending.
  public var processIDs: [Int32]
}

/// A finished run.
public struct Observation: Sendable {
  public var ending: ProgramEnding
  /// The program's last image.
  public var main: ObservedImage
  /// All others that were kept, in the order in which they attached.
  public var others: [ObservedImage]
  /// Programs that no recorder attached to.
  public var unattached: [UnattachedPrograms] = []
  /// Processes whose records could not be taken, one for each of their images: no descriptor was left for them.
  public var unreceived: [Int32] = []
  /// Processes of the run that outlive the program, as they are now: nobody waits for their end.
  public var outliving: [ObservedImage] = []
}
