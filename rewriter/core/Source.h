//===- Source.h - where a function is known from ----------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_CORE_SOURCE_H
#define HOTPAD_REWRITER_CORE_SOURCE_H

#include "llvm/ADT/StringRef.h"

namespace hotpad {

/// What says that a function begins at a place.
enum class Source : uint8_t {
  Symbol,         ///< Of the symbol table that strip takes out.
  Unwinding,      ///< The start of an FDE, or of a record of .pdata.
  GuardTable,     ///< PE: what indirect calls may lead to.
  HandlerTable,   ///< PE, x86: handlers of structured exceptions.
  Export,         ///< A dynamic symbol; an export of a DLL.
  EntryPoint,     ///< Of the image.
  ThreadCallback, ///< PE: what is called when threads come and go.
  Initializer,    ///< .init_array and what is like it.
  Pointer,        ///< A field that the loader makes an address of code.
  Call,           ///< A direct call leads there.
  List,           ///< A list of entries for a patcher.
};

inline constexpr unsigned kSourceCount = 11;

/// Short name, used in reports: `init-array`.
llvm::StringRef sourceName(Source source);
/// For people: `an initializer`.
llvm::StringRef sourceText(Source source);

/// A set of them.
class Sources {
public:
  void add(Source source) { bits |= 1u << static_cast<unsigned>(source); }
  bool has(Source source) const {
    return (bits >> static_cast<unsigned>(source)) & 1;
  }

private:
  uint16_t bits = 0;
};

} // namespace hotpad

#endif
