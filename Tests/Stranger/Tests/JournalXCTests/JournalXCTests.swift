import Foundation
import Journal
import StragglerTesting
import XCTest

private let isMended = ProcessInfo.processInfo.environment["JOURNAL_MENDED"] != nil

final class JournalXCTests: XCTestCase {
  private var closedByTearDown: Journal?

  override func invokeTest() {
    withoutStragglers(grace: .milliseconds(300)) { super.invokeTest() }
  }

  override func tearDown() { closedByTearDown?.close() }

  func testLeavesItsWriter() {
    let journal = Journal()
    journal.start("leaked-by-test")
    if isMended { journal.close() }
  }

  func testLeavesItsWriterInATask() async {
    let journal = Journal()
    await Task { journal.start("leaked-by-async") }.value
    if isMended { journal.close() }
  }

  func testClosesWhatItOpened() {
    let journal = Journal()
    journal.start("closed-by-test")
    journal.close()
  }

  func testClosesInTearDown() {
    let journal = Journal()
    journal.start("closed-later")
    closedByTearDown = journal
  }
}
