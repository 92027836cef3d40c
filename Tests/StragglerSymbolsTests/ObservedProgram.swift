// Small programs that say where they are loaded and what stands at which address: the truth that tests compare with.

import Foundation
import StragglerModel

/// A program that was compiled, run, and said what it knows of itself.
struct ObservedProgram {
  var modules: [Module] = []
  /// Return addresses, by the name that the program gave the place.
  var places: [String: UInt64] = [:]
  /// Addresses of objects.
  var objects: [String: UInt64] = [:]
  let folder: String
  let source: String

  var executable: String { folder + "/program" }
  var sourceFile: String { folder + "/" + Self.name(of: source) }

  /// The line, from 1, that has the text; the programs mark theirs with comments.
  func line(of text: String) -> Int? {
    source.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(text) }.map { $0 + 1 }
  }

  /// One frame that stands just behind the call at a place.
  func frame(at place: String) -> UnwoundFrame? {
    places[place].map {
      UnwoundFrame(pc: $0, isReturnAddress: true, cfa: nil, functionStart: nil, inferred: false)
    }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// - Parameters:
  ///   - command: words of a shell command that makes `program` from the source, in its folder.
  ///   - after: a shell command for after the run: to strip the program, or to replace it.
  init(_ source: String, _ command: String, after: String? = nil) throws {
    self.source = source
    folder = NSTemporaryDirectory() + "symbols-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try source.write(toFile: sourceFile, atomically: true, encoding: .utf8)
    try Self.probeHeader.write(toFile: folder + "/probe.h", atomically: true, encoding: .utf8)
    try Self.probe.write(toFile: folder + "/probe.c", atomically: true, encoding: .utf8)
    // The probe has no debug information: it is not what is looked at.
    _ = try Self.shell("gcc -O1 -c probe.c -o probe.o && " + command, in: folder)
    for line in try Self.shell("./program", in: folder).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      switch (words.first, words.count) {
      case ("place", 3): places[words[1]] = UInt64(words[2], radix: 16)
      case ("object", 3): objects[words[1]] = UInt64(words[2], radix: 16)
      case ("module", 5): try modules.append(Self.module(words))
      default: throw Failure(description: "the program printed \"\(line)\"")
      }
    }
    if let after { _ = try Self.shell(after, in: folder) }
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private static func name(of source: String) -> String {
    source.hasPrefix("// C++") ? "program.cpp" : source.hasPrefix("// Swift") ? "main.swift" : "program.c"
  }

  private static func module(_ words: [String]) throws -> Module {
    guard let bias = UInt64(words[1], radix: 16), let start = UInt64(words[2], radix: 16),
      let end = UInt64(words[3], radix: 16), start < end
    else { throw Failure(description: "no module: \(words)") }
    let buildID = words[4].prefix { $0 != ":" }
    let bytes = stride(from: 0, to: buildID.count, by: 2).compactMap { offset in
      UInt8(buildID.dropFirst(offset).prefix(2), radix: 16)
    }
    let path = String(words[4].drop { $0 != ":" }.dropFirst())
    return Module(path: path, bias: bias, range: start..<end, buildID: bytes)
  }

  static func shell(_ command: String, in folder: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(filePath: folder)
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(command): status \(process.terminationStatus)\n\(complaint)")
    }
    return text
  }

  // MARK: - The probe

  private static let probeHeader = """
    #ifdef __cplusplus
    extern "C" {
    #endif
    /// Says that the caller stands at the place of this name.
    void probe_place(const char *name);
    /// Says the address of an object.
    void probe_object(const char *name, const void *address);
    /// Says what is loaded.
    void probe_modules(void);
    #ifdef __cplusplus
    }
    #endif
    """

  private static let probe = #"""
    #define _GNU_SOURCE
    #include "probe.h"
    #include <elf.h>
    #include <link.h>
    #include <stdio.h>
    #include <string.h>
    #include <unistd.h>

    __attribute__((noinline)) void probe_place(const char *name) {
      printf("place %s %lx\n", name, (unsigned long)__builtin_return_address(0));
    }

    void probe_object(const char *name, const void *address) {
      printf("object %s %lx\n", name, (unsigned long)address);
    }

    static void print_build_id(const char *note, const char *end) {
      while (note + sizeof(ElfW(Nhdr)) < end) {
        const ElfW(Nhdr) *header = (const void *)note;
        const unsigned char *content = (const unsigned char *)note + sizeof(*header) + ((header->n_namesz + 3) & ~3u);
        if (header->n_type == NT_GNU_BUILD_ID && !memcmp(header + 1, "GNU", 4)) {
          for (unsigned i = 0; i < header->n_descsz; i++) printf("%02x", content[i]);
          return;
        }
        note = (const char *)content + ((header->n_descsz + 3) & ~3u);
      }
    }

    static int each(struct dl_phdr_info *info, size_t size, void *data) {
      unsigned long low = ~0ul, high = 0;
      for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD) continue;
        if (segment->p_vaddr < low) low = segment->p_vaddr;
        if (segment->p_vaddr + segment->p_memsz > high) high = segment->p_vaddr + segment->p_memsz;
      }
      printf("module %lx %lx %lx ", (unsigned long)info->dlpi_addr, info->dlpi_addr + low, info->dlpi_addr + high);
      for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        const char *start = (const char *)info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_NOTE) print_build_id(start, start + segment->p_memsz);
      }
      char self[4096] = "";
      if (!info->dlpi_name[0] && readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) return 1;
      printf(":%s\n", info->dlpi_name[0] ? info->dlpi_name : self);
      return 0;
    }

    void probe_modules(void) { dl_iterate_phdr(each, 0); }
    """#
}
