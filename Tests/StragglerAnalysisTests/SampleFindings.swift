// Findings made from fixed values, for what is done with findings afterwards.

import StragglerAnalysis
import StragglerModel

func frame(_ function: String, file: String? = nil, module: String? = "/opt/app/bin/app") -> Frame {
  Frame(function: function, file: file, line: 7, module: module, address: 0x1000)
}

func stack(_ frames: Frame...) -> Stack { Stack(complete: true, frames: frames) }

func finding(
  _ fingerprint: String = "0000000000000001", rule: RuleID = .abandonedLock, level: Level = .error,
  threads: [String?] = ["pool-1"], resource: String? = "journal", acquired: Stack? = nil
) -> Finding {
  let names = threads.enumerated().map { ThreadName(number: $0 + 2, id: nil, name: $1) }
  return Finding(
    rule: rule, level: level, fingerprint: fingerprint, message: "a thread was abandoned",
    thread: names.first.map { ReportedThread(identity: $0, daemon: true, declared: false, state: .abandoned) },
    resource: resource.map { ReportedResource(kind: .mutex, mode: .exclusive, name: $0, address: nil) },
    acquired: acquired ?? stack(frame("Cache.put(_:)", file: "/home/x/app/Sources/App/Cache.swift")),
    similar: Array(names.dropFirst()))
}

func run(_ findings: [Finding] = [], children: [Report] = [], arguments: [String] = ["app"]) -> Report {
  Report(
    process: ReportedProcess(
      pid: 1, executable: "/opt/app/bin/app", arguments: arguments,
      exit: ReportedExit(kind: .return, status: 0, signal: nil, phase: .frozen)),
    findings: findings, children: children)
}
