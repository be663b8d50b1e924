//===- WinUnwind.h - .pdata and .xdata of 64-bit Windows --------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_WINUNWIND_H
#define HOTPAD_REWRITER_METADATA_WINUNWIND_H

#include "rewriter/core/Binary.h"

namespace hotpad::metadata {

/// .pdata, and its parts for COMDATs (.pdata$f).
bool isPdata(const Binary &binary, SectionIndex index);

/// Reads every RUNTIME_FUNCTION of section \p index and the UNWIND_INFO it
/// leads to: adds the references of their fields, a row to Binary::unwind for
/// each, and what must not change to Binary::rigid. Fails on records that no
/// loader would take.
llvm::Error readPdata(Binary &binary, SectionIndex index);

/// Fails when two records of .pdata cover the same code. Needs them all.
llvm::Error refuseOverlaps(const Binary &binary);

} // namespace hotpad::metadata

#endif
