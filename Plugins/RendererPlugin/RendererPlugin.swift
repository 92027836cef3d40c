// Has SwiftPM put `straggler` beside the test program, where the recorder finds what renders its report.
import Foundation
import PackagePlugin

/// As a resource of `StragglerTesting`'s. A dependency of that target on the executable would put it there too, and link all of it
/// into the test program: libunwind, which must not be there, with the rest.
@main struct RendererPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let straggler = try context.tool(named: "straggler").url
    let copy = context.pluginWorkDirectoryURL.appending(path: "straggler")
    return [
      .buildCommand(
        displayName: "Copying straggler beside the tests", executable: URL(filePath: "/bin/cp"),
        arguments: [straggler.path, copy.path], inputFiles: [straggler], outputFiles: [copy])
    ]
  }
}
