//===- HandlerData.h - what Windows' language handlers are told -*- C++ -*-===//
//
// Behind an UNWIND_INFO stands the address of a handler and data for it, in a
// form that only the handler knows. In an image the handler has no name. But it
// is the same one for many functions, and a form that fits the data of all of
// them is theirs:
//
//     Lsda       gcc's table, in place                     (Lsda.cpp)
//     Scopes     __try: count | begin, end, filter, target each
//     FuncInfo3  address of C++ tables, not compressed
//     FuncInfo4  address of C++ tables, compressed         (FuncInfo4.cpp)
//     Cookie     where the frame has its stack cookie
//
// Scopes and addresses may have a cookie behind them.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_METADATA_HANDLERDATA_H
#define HOTPAD_REWRITER_METADATA_HANDLERDATA_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/Cursor.h"
#include "rewriter/metadata/UnwindInfo.h"
#include "llvm/ADT/DenseMap.h"

namespace hotpad::metadata {

enum class HandlerKind : uint8_t {
  Unknown,
  Lsda,
  FuncInfo3,
  Scopes,
  FuncInfo4,
  Cookie
};

/// Places by their RVAs.
class Rvas {
public:
  explicit Rvas(const Binary &binary) : binary(binary) {}
  Place place(uint64_t rva) const { return binary.placeAt(binary.base + rva); }
  uint64_t of(Place place) const {
    return binary.sections[place.section].address + place.offset - binary.base;
  }
  bool isCode(uint64_t rva) const {
    Place at = place(rva);
    return at.section != 0 && binary.sections[at.section].executable;
  }
  /// Reads from \p rva to the end of the section.
  Cursor cursor(uint64_t rva) const { return cursor(place(rva)); }
  Cursor cursor(Place at) const {
    const Section &section = binary.sections[at.section];
    return Cursor(section.bytes, at.section == 0 ? ~0ull : at.offset,
                  section.bytes.size());
  }

private:
  const Binary &binary;
};

struct Scope {
  uint64_t begin = 0, end = 0, filter = 0, target = 0; ///< RVAs.
};
/// The scopes at \p data; nothing when it is no such table.
std::optional<std::vector<Scope>> readScopes(const Binary &binary, Place data);

/// Which handlers there are, and what their data is.
class HandlerKinds {
public:
  explicit HandlerKinds(const Binary &binary);
  /// Of the handler in \p info, which is at \p place.
  HandlerKind of(const UnwindInfo &info, Place place) const;

private:
  const Binary &binary;
  llvm::DenseMap<uint64_t, unsigned> fitting; ///< Bits, by handler.
};

/// Reads the handlers' data of a PE image: finds landing pads, exception tables
/// and the parts of functions that only handlers call.
void readHandlerData(Binary &binary);

} // namespace hotpad::metadata

#endif
