//===- Contract.h - does a function keep the contract? ----------*- C++ -*-===//
//
// The rules C1-C5 of docs/Design.md, decided from the bytes of a file alone:
// nothing hotpad wrote beside the code is believed, except that the lists and
// slots themselves are what C4 and C5 ask for.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CONTRACT_CONTRACT_H
#define HOTPAD_REWRITER_CONTRACT_CONTRACT_H

#include "rewriter/core/Layout.h"
#include "rewriter/core/PatchLists.h"
#include "rewriter/core/Source.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace hotpad {

/// The rules that one function can break, in the order of their bits.
inline constexpr unsigned kRuleCount = 5;
struct Rule {
  const char *id;
  const char *text; ///< What a function that breaks it lacks.
};
const std::array<Rule, kRuleCount> &allRules();

struct CheckedFunction {
  std::string file; ///< `libfoo.a(bar.o)`, or the image.
  std::string section;
  uint32_t sectionIndex = 0;
  std::string name;
  uint64_t entry = 0;   ///< Offset in the section (an image: address).
  uint64_t site = 0;    ///< The same for the patch site.
  uint64_t padding = 0; ///< Bytes of padding before the entry.
  unsigned firstLength = 0;
  uint8_t firstByte = 0;  ///< At the site.
  bool fallsInto = false; ///< Code may run into it from before.
  unsigned broken = 0;    ///< Bit i: rule i of allRules().
  Sources knownFrom;      ///< All that says it is a function.
  /// Images: the entry jumps to a copy, and the above describes that.
  std::optional<uint64_t> forwardedFrom; ///< Address of the old entry.
  /// Images: the entry jumps to its first instructions, at this address.
  std::optional<uint64_t> displacedTo;
  bool conforms() const { return broken == 0; }
};

struct CheckedFile {
  std::string file;
  std::vector<CheckedFunction> functions;
  uint64_t slots = 0;
  std::vector<PatchLists::Range> slotRanges; ///< Images: addresses.
  uint64_t listed = 0;
  uint64_t passedOver = 0; ///< Archive members that are no objects.

  uint64_t conforming() const;
};

struct CheckOptions {
  Layout layout{"ms"};
  std::optional<uint64_t> slots; ///< How many must be there; none: one each.
  /// In objects, what begins a section gets its pad from the linker.
  bool padByLinker = false;
  std::string only, skip;
};

/// Checks an object, an image or an archive (its members together).
llvm::Expected<CheckedFile> checkFile(llvm::ArrayRef<uint8_t> bytes,
                                      llvm::StringRef path,
                                      const CheckOptions &options);

/// Disassembly of the pad and the first instructions of \p function in the
/// same file, one line each.
llvm::Expected<std::vector<std::string>>
explainFunction(llvm::ArrayRef<uint8_t> bytes, llvm::StringRef path,
                const CheckedFunction &function);

} // namespace hotpad

#endif
