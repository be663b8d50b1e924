//===- FpoData.h - frame pointer omission records of .debug$F ---*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_FPODATA_H
#define HOTPAD_REWRITER_METADATA_FPODATA_H

#include "rewriter/core/Binary.h"

namespace hotpad::metadata {

bool isFpoData(const Binary &binary, SectionIndex index);

/// Adds the references of every record. Fails on a record that covers more than
/// its section has.
llvm::Error readFpoData(Binary &binary, SectionIndex index);

} // namespace hotpad::metadata

#endif
