//===- Json.h - where --json goes -------------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_TOOL_JSON_H
#define HOTPAD_REWRITER_TOOL_JSON_H

#include "rewriter/tool/Options.h"
#include "rewriter/tool/OutputFile.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace hotpad {

/// Prints what \p fill emits to standard output or the file of --json=FILE.
inline llvm::Error
writeJson(const Options &options,
          llvm::function_ref<void(llvm::json::OStream &)> fill) {
  std::string text;
  llvm::raw_string_ostream buffer(text);
  llvm::json::OStream json(buffer, 2);
  fill(json);
  text += '\n';
  if (!options.jsonFile.empty())
    return writeWholeFile(
        options.jsonFile,
        {reinterpret_cast<const uint8_t *>(text.data()), text.size()}, "");
  llvm::outs() << text;
  return llvm::Error::success();
}

} // namespace hotpad

#endif
