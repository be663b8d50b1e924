//===- Config.h - what the user asked for -----------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_CONFIG_H
#define HOTPAD_REWRITER_CORE_CONFIG_H

#include "rewriter/core/Layout.h"
#include <optional>
#include <string>

namespace hotpad {

struct Config {
  Layout layout{"ms"};
  bool nopEntries = false;       ///< --entry=nop
  bool padByLinker = false;      ///< --pad-by=linker
  std::optional<uint64_t> slots; ///< --slots=N; none: one for each function.
  std::string only, skip;        ///< Regular expressions on names; empty: none.
  bool inPlace = false;          ///< --image=inplace: copy only what has to be.
  bool stripDebug = false;
  bool verify = false;
  unsigned threads = 0; ///< 0: as many as there are processors.
};

} // namespace hotpad

#endif
