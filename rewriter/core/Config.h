//===- Config.h - what the user asked for -----------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_CONFIG_H
#define HOTPAD_REWRITER_CORE_CONFIG_H

#include "rewriter/core/Layout.h"
#include <optional>
#include <string>

namespace hotpad {

/// What a linked image is made hot-patchable by (image/Plan.h, Relayout.cpp).
enum class ImageMode : uint8_t {
  Forward, ///< Copies that old entries jump to.
  InPlace, ///< The same, but only where moving a few instructions will not do.
  Relayout ///< All code is laid out anew: needs the link's relocations.
};

struct Config {
  Layout layout{"ms"};
  bool nopEntries = false;              ///< --entry=nop
  bool padByLinker = false;             ///< --pad-by=linker
  ImageMode image = ImageMode::Forward; ///< --image=
  std::optional<uint64_t> slots; ///< --slots=N; none: one for each function.
  std::string only, skip;        ///< Regular expressions on names; empty: none.
  bool stripDebug = false;
  bool verify = false;
  unsigned threads = 0; ///< 0: as many as there are processors.
};

} // namespace hotpad

#endif
