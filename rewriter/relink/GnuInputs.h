//===- GnuInputs.h - the files an ld.lld command line leads to --*- C++ -*-===//
//
// Walks the arguments as LLD will: the state that options set (-Bstatic, format
// of the inputs) holds from where they stand, search paths hold for the whole
// line. The name of a file found by -l or by a script is put together letter by
// letter as LLD does, because that name is the key by which the rewritten bytes
// are put in its place (--remap-inputs).
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_GNUINPUTS_H
#define HOTPAD_REWRITER_RELINK_GNUINPUTS_H

#include "rewriter/relink/GnuArguments.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <set>

namespace hotpad::relink {

/// A relocatable object or an archive that LLD is going to read.
struct GnuInput {
  /// The name LLD asks for, before its own --remap-inputs.
  std::string name;
  /// The file that is read, identified by its path.
  std::unique_ptr<llvm::MemoryBuffer> buffer;
};

struct GnuInputs {
  /// Each name once, in the order LLD first asks for it.
  std::vector<GnuInput> inputs;
  /// Paths read as data or for their symbols only: not to be rewritten.
  std::set<std::string> notCode;
  /// Paths that will be linked as they are though they may hold code, with the
  /// reason: "foo.o: LLVM bitcode, ...".
  std::vector<std::string> warnings;
};

/// Fails when one file is to be read both as code and as data: LLD cannot be
/// told to read the rewritten bytes for one and the original for the other.
llvm::Expected<GnuInputs> findGnuInputs(llvm::ArrayRef<GnuArgument> arguments);

} // namespace hotpad::relink

#endif
