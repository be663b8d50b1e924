//===- Commands.h - one function a verb -------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_TOOL_COMMANDS_H
#define HOTPAD_REWRITER_TOOL_COMMANDS_H

#include "rewriter/tool/Options.h"

namespace hotpad {

/// Each returns the exit status; errors are for main to print.
llvm::Expected<int> rewriteCommand(const Options &options);
llvm::Expected<int> checkCommand(const Options &options);
llvm::Expected<int> linkCommand(const Options &options);
llvm::Expected<int> applyCommand(const Options &options);
llvm::Expected<int> revertCommand(const Options &options);
llvm::Expected<int> statusCommand(const Options &options);
llvm::Expected<int> traceCommand(const Options &options);

} // namespace hotpad

#endif
