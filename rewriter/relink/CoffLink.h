//===- CoffLink.h - what both flavours of a Windows link share --*- C++ -*-===//
#ifndef HOTPAD_REWRITER_RELINK_COFFLINK_H
#define HOTPAD_REWRITER_RELINK_COFFLINK_H

#include "rewriter/relink/LinkArguments.h"
#include "rewriter/relink/Relink.h"
#include "rewriter/relink/RunLld.h"

namespace hotpad::relink {

struct CoffLink {
  /// What the link does, in terms of lld-link.
  std::vector<LinkArgument> arguments;
  lld::DriverDef driver;
  /// The command line that does it, argv[0] included, with these options of
  /// lld-link added, which count more than others of the same name.
  llvm::function_ref<std::vector<std::string>(llvm::ArrayRef<std::string>)>
      commandLine;
};

/// Rewrites the inputs and links. As relinkLink.
llvm::Expected<int> linkCoff(const CoffLink &link, RewriteInput rewrite,
                             const RelinkOptions &options,
                             llvm::raw_ostream &out, llvm::raw_ostream &err);

} // namespace hotpad::relink

#endif
