//===- Relayout.h - an image whose code is laid out anew --------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_RELAYOUT_H
#define HOTPAD_REWRITER_RELAYOUT_H

#include "rewriter/Rewriter.h"
#include "rewriter/core/ObjectFile.h"

namespace hotpad {

/// Rewrites the linked image \p object, which has been read as one.
llvm::Expected<Rewritten> relayoutImage(std::unique_ptr<ObjectFile> object,
                                        const Config &config);

} // namespace hotpad

#endif
