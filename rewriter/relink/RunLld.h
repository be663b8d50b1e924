//===- RunLld.h - LLD in this process ---------------------------*- C++ -*-===//
//
// LLD was written to be a process: its state is one global context, and a fatal
// error leaves by longjmp, which frees nothing. As a library it runs once at a
// time, and after a fatal error not again.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_RUNLLD_H
#define HOTPAD_REWRITER_RELINK_RUNLLD_H

#include "lld/Common/Driver.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace hotpad::relink {

/// Runs LLD with \p args; args[0] names the flavour ("ld.lld") and \p driver is
/// what that name selects. \returns its exit status, which is not 0 after
/// errors that it has printed. Error: it crashed, now or earlier.
llvm::Expected<int> runLld(llvm::ArrayRef<std::string> args,
                           lld::DriverDef driver, llvm::raw_ostream &out,
                           llvm::raw_ostream &err);

} // namespace hotpad::relink

#endif
