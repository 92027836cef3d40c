// NSLock.lock in a method that returns; its caller parks.
import Foundation

final class Account {
  private let lock = NSLock()
  var balance = 0

  @inline(never) func begin() {
    probe_arm()
    lock.lock()
    balance -= 1
  }

  @inline(never) func transfer(_ amount: Int) -> Int {
    begin()
    probe_park()
    return balance - amount
  }
}

@inline(never) func serve(_ account: Account) {
  print(account.transfer(3))
}

probe_run { serve(Account()) }
