// An echo server and its client on loopback, in one process; the event loops are shut down at the end, or left running.
import Foundation
import NIOCore
import NIOPosix

/// Sends back what comes.
final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.writeAndFlush(wrapOutboundOut(unwrapInboundIn(data)), promise: nil)
  }
}

/// Counts what comes back, and is done when it is everything.
final class CountingHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var missing: Int
  private let done: EventLoopPromise<Void>

  init(expecting count: Int, done: EventLoopPromise<Void>) {
    missing = count
    self.done = done
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    missing -= unwrapInboundIn(data).readableBytes
    if missing == 0 { done.succeed() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { done.fail(error) }
}

@main struct Echo {
  static let message = 10_000
  static let connections = 20

  static func main() throws {
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let server = try ServerBootstrap(group: loops)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(EchoHandler()) }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    for _ in 0..<connections { try send(to: server.localAddress!, loops) }
    // A file read by the thread pool, too.
    let pool = NIOThreadPool(numberOfThreads: 2)
    pool.start()
    let size = try pool.runIfActive(eventLoop: loops.next()) {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }.wait()
    print(connections * message, "bytes came back,", size > 0 ? "files are open" : "no file is open")
    guard CommandLine.arguments.last == "shut-down" else { return }
    try server.close().wait()
    try pool.syncShutdownGracefully()
    try loops.syncShutdownGracefully()
  }

  static func send(to address: SocketAddress, _ loops: MultiThreadedEventLoopGroup) throws {
    let done = loops.next().makePromise(of: Void.self)
    let client = try ClientBootstrap(group: loops)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(CountingHandler(expecting: message, done: done))
        }
      }
      .connect(to: address).wait()
    try client.writeAndFlush(ByteBuffer(repeating: 7, count: message)).wait()
    try done.futureResult.wait()
    try client.close().wait()
  }
}
