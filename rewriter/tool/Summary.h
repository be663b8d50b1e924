//===- Summary.h - a rewriting, told to people and programs -----*- C++ -*-===//
#ifndef HOTPAD_REWRITER_TOOL_SUMMARY_H
#define HOTPAD_REWRITER_TOOL_SUMMARY_H

#include "rewriter/Rewriter.h"
#include "rewriter/tool/Options.h"
#include "llvm/Support/JSON.h"

namespace hotpad {

/// To standard error, unless --quiet.
void printWarnings(const Report &report, const Options &options);
void printSummary(llvm::StringRef file, const Report &report, bool withTimes);

/// The report's attributes, inside an open object.
void emitReport(llvm::json::OStream &json, const Report &report);

} // namespace hotpad

#endif
