//===- Relink.h - link with LLD, every input rewritten ----------*- C++ -*-===//
//
// `hotpad link` takes the arguments of a linker, rewrites every object and
// archive they lead to, and links. The linker is LLD, in this process; the
// rewritten inputs reach it through memory and never touch a disk.
//
//     arguments -> find inputs -> rewrite in parallel -> memory files -> LLD
//
// One function a flavour, each in a file of its own (RelinkGnu.cpp). The two
// for Windows share CoffLink. What all flavours share knows nothing of their
// options: ForEachInput (scheduling), MemoryFiles (bytes as files),
// NameRestorer (the old names in what LLD prints), RunLld (the call itself).
//
// This layer does not know what a rewrite is. It depends on LLVM and LLD.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_RELINK_H
#define HOTPAD_REWRITER_RELINK_RELINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>
#include <vector>

namespace hotpad {

/// Rewrites one input: a relocatable object or an archive, thin ones included.
/// The identifier of the buffer is the path the file was read from, so members
/// of a thin archive are found beside it. What it returns for an archive must
/// be a regular archive. nullptr: nothing to change, LLD reads the original.
///
/// Called concurrently. An input that alone is more than one thread's share of
/// all the work is rewritten by itself, on the calling thread: the callback can
/// then use all threads for its members with llvm::parallelFor, which inside
/// another parallelFor would be serial.
using RewriteInput =
    llvm::function_ref<llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>(
        llvm::MemoryBufferRef)>;

struct RelinkOptions {
  /// Threads for rewriting, and for LLD unless its arguments have a --threads
  /// of their own. 0: all of the machine. The first use of llvm::parallelFor
  /// in the process fixes the number for all later ones.
  unsigned threads = 0;
  /// No warnings about inputs that are linked without being rewritten. LLD's
  /// own messages are not affected.
  bool quiet = false;
  /// Given to the linker before the user's own arguments, in the spelling of
  /// the flavour: "/functionpadmin:6", or "--functionpadmin=6" for MinGW.
  std::vector<std::string> linkerArguments;
};

/// Links ELF as `ld.lld` would.
///
/// \p args are those of ld.lld without argv[0]; @file is expanded. Rewritten is
/// every ELF relocatable object and every archive that is named, found by -l,
/// or asked for by a linker script (INPUT, GROUP). Shared libraries, linker
/// scripts and what is not linked as code (--format=binary, --just-symbols,
/// --in-implib) are left alone; so is bitcode, with a warning. A file that is
/// not there is left for LLD to complain about.
///
/// \returns LLD's exit status. Its messages go to \p out and \p err, with the
/// names of the original inputs in them. An error of \p rewrite (all of them,
/// in the order of the arguments), of the memory files, or a crash of LLD is an
/// Error; before LLD has started nothing is written.
///
/// LLD runs once at a time in a process; calls from several threads wait for
/// each other. After a fatal error of LLD the next call fails.
llvm::Expected<int> relinkGnu(llvm::ArrayRef<std::string> args,
                              RewriteInput rewrite,
                              const RelinkOptions &options,
                              llvm::raw_ostream &out, llvm::raw_ostream &err);

/// Links COFF as `lld-link` would.
///
/// As relinkGnu, with the arguments of lld-link. Rewritten is every COFF object
/// and archive that is named, found along /libpath or %LIB%, or asked for by an
/// object (.drectve); import libraries are archives, and what to do with their
/// members is up to \p rewrite.
llvm::Expected<int> relinkLink(llvm::ArrayRef<std::string> args,
                               RewriteInput rewrite,
                               const RelinkOptions &options,
                               llvm::raw_ostream &out, llvm::raw_ostream &err);

/// Links COFF as `ld.lld -m i386pep` or `-m i386pe` would: the same with the
/// arguments of GNU ld. Without -m, 64-bit.
llvm::Expected<int> relinkMinGW(llvm::ArrayRef<std::string> args,
                                RewriteInput rewrite,
                                const RelinkOptions &options,
                                llvm::raw_ostream &out, llvm::raw_ostream &err);

enum class LinkFlavor { Gnu, Link, MinGW };

/// Whose arguments these are: -m names a target for Windows (MinGW), one is
/// of a kind only lld-link has (Link), or else Gnu.
LinkFlavor recogniseFlavor(llvm::ArrayRef<std::string> args);

} // namespace hotpad

#endif
