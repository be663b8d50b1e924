//===- CxxTables.h - Microsoft's C++ exception tables, linked ---*- C++ -*-===//
//
// What __CxxFrameHandler3 and 4 read, in an image. All addresses are RVAs.
// Sources: ehdata.h and ehdata4_export.h of the Visual C++ runtime.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_METADATA_CXXTABLES_H
#define HOTPAD_REWRITER_METADATA_CXXTABLES_H

#include "rewriter/core/Binary.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace hotpad::metadata {

/// From an address on, a state.
struct IpState {
  uint64_t ip = 0;
  int64_t state = 0;
};

struct FuncInfo3 {
  uint64_t size = 0; ///< Bytes of the structure itself.
  std::vector<IpState> states;
  std::vector<uint64_t> funclets; ///< Catch blocks and cleanups.
};
std::optional<FuncInfo3> readFuncInfo3(const Binary &binary, uint64_t rva);

struct Handler4 {
  uint8_t flags = 0;
  uint64_t adjectives = 0, type = 0, object = 0, block = 0;
  llvm::SmallVector<uint64_t, 2> continuations; ///< As `flags` says.

  enum : uint8_t { Adjectives = 1, Type = 2, Object = 4, IsAddress = 8 };
};
struct TryBlock4 {
  uint64_t low = 0, high = 0, catchHigh = 0;
  std::vector<Handler4> handlers;
};
struct FuncInfo4 {
  uint8_t flags = 0;
  uint64_t blockFlags = 0, unwindMap = 0, catchFrame = 0;
  std::vector<TryBlock4> tries;
  std::vector<IpState> states; ///< Of the code from `begin` on.
  std::vector<uint64_t> funclets;

  enum : uint8_t {
    IsCatch = 1,
    IsSeparated = 2,
    HasBlockFlags = 4,
    HasUnwindMap = 8,
    HasTryBlocks = 16,
  };
};
/// The one at \p rva, for the code at \p begin (an RVA).
std::optional<FuncInfo4> readFuncInfo4(const Binary &binary, uint64_t rva,
                                       uint64_t begin);

} // namespace hotpad::metadata

#endif
