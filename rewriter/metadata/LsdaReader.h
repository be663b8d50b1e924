//===- LsdaReader.h - one exception table -----------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_LSDAREADER_H
#define HOTPAD_REWRITER_METADATA_LSDAREADER_H

#include "rewriter/metadata/Encoding.h"
#include "llvm/BinaryFormat/Dwarf.h"

namespace hotpad::metadata {

/// A number of the table.
struct Field {
  uint64_t offset = 0, size = 0, value = 0;
};

struct CallSite {
  Field start, length, pad, action;
};

struct Lsda {
  Place function;          ///< What starts are counted from.
  Place landingPadBase;    ///< What landing pads are counted from.
  bool hasOwnBase = false; ///< The table says where they are counted from.
  uint8_t typeEncoding = llvm::dwarf::DW_EH_PE_omit;
  bool hasTypes = false;
  Field typesEnd, sitesLength;
  uint8_t encoding = llvm::dwarf::DW_EH_PE_uleb128;
  std::vector<CallSite> sites;
  uint64_t actions = 0; ///< Where they begin, behind other tables perhaps.
};

/// Reads the table of \p range. False when the bytes are no such table.
/// \p next is where another begins.
bool readLsda(const Binary &binary, const UnwindRange &range, uint64_t next,
              const RelocationIndex &relocations, Lsda &lsda);

} // namespace hotpad::metadata

#endif
