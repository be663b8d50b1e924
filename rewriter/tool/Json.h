//===- Json.h - where --json goes -------------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_TOOL_JSON_H
#define HOTPAD_REWRITER_TOOL_JSON_H

#include "rewriter/tool/Options.h"
#include "rewriter/tool/OutputFile.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/JSON.h"
#include <vector>

namespace hotpad {

/// What \p fill emits: printed to standard output, or for --json=FILE made
/// ready in \p pending. Nothing without --json.
llvm::Error writeJson(const Options &options, std::vector<PendingFile> &pending,
                      llvm::function_ref<void(llvm::json::OStream &)> fill);

/// Lets the files appear, in order.
llvm::Error commitAll(std::vector<PendingFile> &pending);

} // namespace hotpad

#endif
