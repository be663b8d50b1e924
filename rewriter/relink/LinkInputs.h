//===- LinkInputs.h - the files an lld-link command line leads to -*- C++
//-*-===//
//
// Looks for files where LLD will: named inputs and libraries in the current
// folder, then along /libpath and %LIB%; the libraries that objects ask for in
// .drectve, and those that these ask for, too. Which of two files with the same
// name is meant depends on nothing but these folders, so the order in which LLD
// comes by does not matter.
//
// What is not followed is the way from a system root (/winsysroot, an installed
// Visual Studio) to its folders; CoffLink.cpp learns of libraries from there.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_LINKINPUTS_H
#define HOTPAD_REWRITER_RELINK_LINKINPUTS_H

#include "rewriter/relink/LinkArguments.h"
#include "rewriter/relink/PathOverlay.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace hotpad::relink {

/// A relocatable object or an archive that LLD may read.
struct LinkInput {
  /// All paths, absolute, by which LLD asks for this file.
  std::vector<std::string> paths;
  std::unique_ptr<llvm::MemoryBuffer> buffer;
};

struct LinkInputs {
  std::vector<LinkInput> inputs; ///< Each file once.
  PathOverlay overlay;           ///< That of the arguments, or an empty one.
  std::vector<std::string> warnings;
};

/// Fails when the overlay that the arguments name cannot be read.
llvm::Expected<LinkInputs>
findLinkInputs(llvm::ArrayRef<LinkArgument> arguments);

} // namespace hotpad::relink

#endif
