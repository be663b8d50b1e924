//===- LsdaCopy.h - an exception table for copied code ----------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_LSDACOPY_H
#define HOTPAD_REWRITER_METADATA_LSDACOPY_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/ImageChanges.h"

namespace hotpad::metadata {

/// Writes the exception table of \p range for the code in \p copy to the end of
/// \p out, which will be at \p address; \p next is where another table begins
/// in the same section. Without \p out only says whether that can be done.
/// Addresses that the loader must adjust go to \p relocated, if it can.
bool copyLsda(const Binary &binary, const UnwindRange &range, uint64_t next,
              const CodeCopy &copy, uint64_t address, std::vector<uint8_t> *out,
              std::vector<uint64_t> *relocated = nullptr);

} // namespace hotpad::metadata

#endif
