//===- Skip.cpp -----------------------------------------------------------===//

#include "rewriter/core/Skip.h"

namespace hotpad {

namespace {
struct SkipRow {
  llvm::StringRef name, text;
};

// In the order of SkipReason.
constexpr SkipRow kRows[] = {
    {"none", "not skipped"},
    {"not-selected", "left out by --only or --skip"},
    {"kcfi-hash", "callers read a kCFI type hash directly before the entry"},
    {"function-signature",
     "callers read a -fsanitize=function signature directly before the entry"},
    {"listed-elsewhere",
     "another patcher's list may name the first instruction, before which a "
     "NOP would go, or code that would change"},
    {"prefix-data", "bytes that nothing names stand directly before the entry"},
    {"signal-frame",
     "a signal return stub, which unwinders recognise by its bytes"},
    {"unknown-instruction",
     "code in its section holds an instruction that is not known"},
    {"entry-not-code", "the bytes at the entry do not decode"},
    {"only-endbr",
     "its code ends behind its endbr, where the patch site would be"},
    {"overlapping-entry", "another entry lies inside the first instruction"},
    {"unknown-jump-table",
     "a table of code offsets has a base that could not be found"},
    {"hidden-reference",
     "bytes that may be code or data would have to be changed"},
    {"unknown-base",
     "a distance in its section is measured from a place that could not be "
     "found"},
    {"code-read-as-data",
     "a data symbol names code of its section, so distances from there may be "
     "stored as numbers"},
    {"unknown-unwind-data",
     "its exception table is not in a format that is understood"},
    {"no-room",
     "a jump to the function's copy does not fit at its entry, or other code "
     "leads into the bytes it would take"},
    {"return-address", "it measures from the address that a call returns to"},
    {"runtime-table",
     "a runtime (V8) has tables of its own about it, by its address"},
    {"filled-in", "its code is changed when the program starts, at places that "
                  "a table names "
                  "which cannot be added to"},
    {"long-prolog", "its unwinding codes cannot count a longer prolog"},
    {"linker-stub",
     "a stub that the linker made, which stays where and what it is"},
};
} // namespace

llvm::StringRef skipName(SkipReason reason) {
  return kRows[static_cast<unsigned>(reason)].name;
}

llvm::StringRef skipText(SkipReason reason) {
  return kRows[static_cast<unsigned>(reason)].text;
}

} // namespace hotpad
