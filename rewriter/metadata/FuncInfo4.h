//===- FuncInfo4.h - compressed C++ exception tables of MSVC ----*- C++ -*-===//
#ifndef HOTPAD_REWRITER_METADATA_FUNCINFO4_H
#define HOTPAD_REWRITER_METADATA_FUNCINFO4_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/EditList.h"
#include "rewriter/core/MoveMap.h"
#include "rewriter/metadata/Encoding.h"

namespace hotpad::metadata {

/// Reads the FuncInfo4 that the handler data at \p data (an image-relative
/// address) leads to, for the code of \p range: notes the compressed offsets
/// into that code in Binary::codeOffsets. False: not understood, and nothing
/// was noted.
bool readFuncInfo4(Binary &binary, Place data, const UnwindRange &range,
                   RelocationIndices &relocations);

/// Sections with compressed offsets into code.
bool hasCodeOffsets(const Binary &binary, SectionIndex index);

/// Nothing: readFuncInfo4 was called for each .pdata record.
llvm::Error readCodeOffsets(Binary &binary, SectionIndex index);

/// Emits the edits of the offsets in section \p index.
llvm::Error planCodeOffsets(const Binary &binary, SectionIndex index,
                            const MoveMap &map, EditList &edits);

} // namespace hotpad::metadata

#endif
