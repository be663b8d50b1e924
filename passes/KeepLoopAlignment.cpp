//===- KeepLoopAlignment.cpp ----------------------------------------------===//
//
// Compilers align loops inside functions with NOPs. When an entry grows by a
// byte, everything behind it moves by a byte, and the NOPs give it back:
//
//     ...  nopl 0(%rax,%rax)  | loop:          5 bytes of NOP, loop at 16 * k
//     ...  nopl 0(%rax)       | loop:          4 bytes of NOP, loop at 16 * k
//
// Where the NOPs are too short they grow by what the alignment asks for. NOPs
// that something names (probes, sleds) stay as they are, and so do those before
// anything that no branch leads back to: they may be room for other code.
//
// In 64-bit code for Windows a NOP stays behind a call: the unwinder looks
// return addresses up as they are. Without the NOP one would be behind the end
// of its __try, or at an epilog, where no handler is asked.
//
//===----------------------------------------------------------------------===//

#include "passes/Pass.h"
#include "rewriter/x86/Nops.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"

namespace hotpad {

/// The end of the run of NOPs at \p begin, or \p begin when there is none.
static uint64_t nopsEnd(const CodeMap &code, uint64_t begin, uint64_t end) {
  uint64_t at = begin;
  while (at < end && code.length(at) != 0 && code.flow(at) == Flow::Nop &&
         !code.label(at))
    at += code.length(at);
  return at;
}

/// Whether [begin, end) is padding before a function, which padFunctions
/// places.
static bool isGap(llvm::ArrayRef<Function> functions, uint64_t begin,
                  uint64_t end) {
  auto next = llvm::partition_point(functions, [&](const Function &function) {
    return function.entry <= begin;
  });
  return next != functions.end() && next->gapBegin < end;
}

/// Whether something counts on what stands in [begin, end).
static bool isRigid(const PassInput &input, uint64_t begin, uint64_t end) {
  return llvm::any_of(input.binary.rigid, [&](const RigidCode &code) {
    return code.section == input.section && code.begin < end &&
           begin < code.end;
  });
}

/// Where branches lead back to: the heads of loops.
static llvm::DenseSet<uint64_t> loopHeads(const Section &section,
                                          SectionIndex index) {
  llvm::DenseSet<uint64_t> heads;
  for (const Reference &reference : section.references)
    if (reference.isBranch && reference.target.section == index &&
        reference.target.offset <= reference.offset)
      heads.insert(reference.target.offset);
  return heads;
}

/// Whether the NOP at \p offset keeps a return address where it is.
static bool isReturnedTo(const Binary &binary, const CodeMap &code,
                         uint64_t offset) {
  if (binary.format != Format::Coff || binary.arch != Arch::X86_64)
    return false;
  uint64_t before = code.instructionEndingAt(offset);
  return before != ~0ull && code.flow(before) == Flow::Call;
}

/// Whether a function around \p offset takes addresses of its labels.
static bool hasLabelValues(llvm::ArrayRef<Function> functions,
                           uint64_t offset) {
  auto next = llvm::partition_point(functions, [&](const Function &function) {
    return function.entry <= offset;
  });
  for (; next != functions.begin() && std::prev(next)->reach > offset; --next)
    if (std::prev(next)->hasLabelValues && std::prev(next)->end > offset)
      return true;
  return false;
}

/// What the NOPs met so far have grown or shrunk by.
class Given {
public:
  void add(uint64_t offset, int64_t change) {
    sums.push_back({offset, total() + change});
  }
  /// By those at \p entry and behind.
  int64_t since(uint64_t entry) const {
    auto first = llvm::partition_point(
        sums, [&](const auto &sum) { return sum.first < entry; });
    return total() - (first == sums.begin() ? 0 : std::prev(first)->second);
  }

private:
  int64_t total() const { return sums.empty() ? 0 : sums.back().second; }
  std::vector<std::pair<uint64_t, int64_t>> sums; ///< Ascending.
};

llvm::Error keepLoopAlignment(const PassInput &input, EditList &edits) {
  const Section &section = input.code();
  const CodeMap &code = section.code;
  EditList soFar = edits;
  llvm::Expected<OffsetMap> frozen = soFar.freeze(section.size);
  if (!frozen)
    return frozen.takeError();
  if (frozen->isIdentity())
    return llvm::Error::success();

  llvm::DenseSet<uint64_t> heads = loopHeads(section, input.section);
  Given given;
  for (uint64_t at = 0; at < section.size;) {
    unsigned length = code.length(at);
    if (length == 0 || code.flow(at) != Flow::Nop) {
      at += length ? length : 1;
      continue;
    }
    // Functions may lie in one another: the innermost is meant.
    const Function *function = input.binary.functionAt(input.section, at);
    if (!function || at <= function->site ||
        hasLabelValues(input.functions, at)) {
      at += length;
      continue;
    }
    uint64_t begin = at;
    at = nopsEnd(code, begin, function->end);
    if (at == begin) { // a named NOP
      at += length;
      continue;
    }
    if (at >= function->end || code.length(at) == 0 || !heads.contains(at) ||
        isGap(input.functions, begin, at) || isRigid(input, begin, at))
      continue;
    uint64_t alignment =
        std::min<uint64_t>(section.alignment, 1ull << llvm::countr_zero(at));
    if (alignment < 8)
      continue;
    // Shift of the code relative to the function's label, which is aligned.
    int64_t shift = frozen->delta(at, Side::End) -
                    frozen->delta(function->entry, Side::Label) +
                    given.since(function->entry);
    int64_t excess = ((shift % int64_t(alignment)) + int64_t(alignment)) %
                     int64_t(alignment);
    int64_t size = static_cast<int64_t>(at - begin);
    if (excess == 0 ||
        (size <= excess && isReturnedTo(input.binary, code, begin)))
      continue;
    int64_t change = size >= excess ? -excess : int64_t(alignment) - excess;
    edits.replace(
        begin, at - begin,
        x86::nops(input.binary.arch, static_cast<uint64_t>(size + change)));
    given.add(begin, change);
  }
  return llvm::Error::success();
}

} // namespace hotpad
