//===- Exercise.h - rewrite bytes that may be anything ----------*- C++ -*-===//
//
// What the fuzzer and the mutation test both do with an input: rewrite it, with
// --verify, and rewrite what came out. Whatever the bytes are, the result is an
// error or a file; and a file that hotpad made it must take again.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_FUZZ_EXERCISE_H
#define HOTPAD_FUZZ_EXERCISE_H

#include "rewriter/Rewriter.h"
#include "rewriter/contract/Contract.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace hotpad {

enum class Outcome { Refused, Unchanged, Rewritten };

struct Exercised {
  Outcome outcome = Outcome::Refused;
  std::string message; ///< Of the refusal.
  std::string wrong;   ///< Not empty: hotpad contradicts itself.
};

inline Exercised exercise(llvm::ArrayRef<uint8_t> bytes, const Config &config) {
  llvm::MemoryBufferRef input(llvm::toStringRef(bytes), "input");
  Exercised result;

  CheckOptions check;
  check.layout = config.layout;
  if (auto checked = checkFile(bytes, "input", check); !checked)
    llvm::consumeError(checked.takeError());

  llvm::Expected<Rewritten> once = rewrite(input, config);
  if (!once) {
    result.message = llvm::toString(once.takeError());
    return result;
  }
  if (!once->bytes) {
    result.outcome = Outcome::Unchanged;
    return result;
  }
  result.outcome = Outcome::Rewritten;
  std::vector<uint8_t> whole = std::move(*once->bytes).takeWhole();
  llvm::MemoryBufferRef output(llvm::toStringRef(whole), "output");
  llvm::Expected<Rewritten> twice = rewrite(output, config);
  if (!twice)
    result.wrong = "refuses what it made: " + llvm::toString(twice.takeError());
  return result;
}

} // namespace hotpad

#endif
