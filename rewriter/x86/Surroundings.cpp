//===- Surroundings.cpp ---------------------------------------------------===//
//
// The pad goes before the entry, so it matters what stands there: padding that
// can be used, code that runs into the function, data that belongs to it (a
// hash, a signature, a table) or to somebody else.
//
//     ...code of another function | padding or data | entry
//                                 ^gapBegin
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/Surroundings.h"
#include "rewriter/core/InPlace.h"
#include "rewriter/x86/Decoder.h"
#include "rewriter/x86/Padding.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include <set>

using namespace llvm;

namespace hotpad::x86 {

using PlaceKey = std::pair<SectionIndex, uint64_t>;

/// What clang's -fsanitize=function puts 8 bytes before an entry: this, then a
/// hash of the type (clang::CodeGen, getUBSanFunctionSignature).
static bool hasTypeSignature(ArrayRef<uint8_t> bytes, uint64_t entry) {
  return entry >= 8 &&
         support::endian::read32le(bytes.data() + entry - 8) == 0xC105CAFE;
}

/// What 32-bit code returns to from a signal handler. Without call frame
/// information libgcc (config/i386/linux-unwind.h) and gdb know it by its
/// bytes.
static bool isSignalReturn(Arch arch, ArrayRef<uint8_t> bytes, uint64_t entry) {
  // pop %eax; mov $__NR_sigreturn, %eax; int $0x80
  static constexpr uint8_t kReturn[] = {0x58, 0xB8, 0x77, 0, 0, 0, 0xCD, 0x80};
  // mov $__NR_rt_sigreturn, %eax; int $0x80
  static constexpr uint8_t kRealTime[] = {0xB8, 0xAD, 0, 0, 0, 0xCD, 0x80};
  ArrayRef<uint8_t> code =
      bytes.drop_front(std::min<uint64_t>(entry, bytes.size()));
  return arch == Arch::X86 &&
         (code.take_front(sizeof(kReturn)) == ArrayRef(kReturn) ||
          code.take_front(sizeof(kRealTime)) == ArrayRef(kRealTime));
}

/// Where the bytes before \p function begin that no instruction and no earlier
/// function (one ends at \p codeEnd) lays claim to.
static uint64_t freeBegin(const Section &section, const Function &function,
                          uint64_t codeEnd) {
  uint64_t begin = function.entry;
  while (begin > codeEnd) {
    uint64_t previous = section.code.instructionEndingAt(begin);
    if (previous != ~0ull && section.code.flow(previous) != Flow::Nop)
      break;
    --begin;
  }
  // Compilers put ud2 behind ud2, where nothing gets.
  auto isTrap = [&](uint64_t at) {
    return section.bytes[at] == 0x0F && section.bytes[at + 1] == 0x0B;
  };
  if (begin >= 2 && section.code.length(begin - 2) == 2 && isTrap(begin - 2))
    while (begin + 2 <= function.entry && isTrap(begin) &&
           !section.code.label(begin))
      begin += 2;
  return begin;
}

/// The lowest offset in [begin, end) that something names, or end.
static uint64_t firstLabel(const CodeMap &code, uint64_t begin, uint64_t end) {
  while (begin < end && !code.label(begin))
    ++begin;
  return begin;
}

constexpr uint64_t kTooLongForChance = 6;

/// Where code of an image ends that is known to end at \p codeEnd. Behind a
/// jump to another section, int3 up to there is left over from what moved, if
/// nothing names it: the code ends with the jump. Nothing may lead to the jump,
/// when it is in a body that has moved as a whole as well.
static uint64_t withoutLeftOvers(const Binary &binary, SectionIndex index,
                                 uint64_t codeEnd) {
  const Section &section = binary.sections[index];
  uint64_t end = std::min<uint64_t>(codeEnd, section.bytes.size());
  while (end != 0 && section.bytes[end - 1] == 0xCC &&
         section.code.length(end - 1) == 0 && !section.code.label(end - 1))
    --end;
  uint64_t runEnd = codeEnd;
  while (runEnd < section.bytes.size() && section.bytes[runEnd] == 0xCC &&
         section.code.length(runEnd) == 0)
    ++runEnd;
  constexpr uint64_t kJumpSize = 5;
  uint64_t last = section.code.instructionEndingAt(end);
  if (last == ~0ull && end >= kJumpSize && runEnd - end >= kTooLongForChance)
    last = end - kJumpSize;
  Instruction jump;
  if (end == codeEnd || last == ~0ull ||
      !decode(binary.arch, section.bytes, last, jump) ||
      jump.flow != Flow::Jump || !jump.isRelative || last + jump.length != end)
    return codeEnd;
  Place target =
      binary.placeAt(section.address + end + static_cast<uint64_t>(jump.field));
  bool isMoved = target.section != 0 && target.section != index &&
                 binary.sections[target.section].executable;
  return isMoved ? end : codeEnd;
}

/// Behind data of unknown length only a uniform run that is too long to be
/// chance counts as padding. Returns where it begins, or \p entry.
static uint64_t uniformPadding(const Section &section, uint64_t begin,
                               uint64_t entry) {
  if (begin == entry)
    return entry;
  uint8_t fill = section.bytes[entry - 1];
  uint64_t at = entry;
  while (at > begin && section.bytes[at - 1] == fill &&
         !section.code.label(at - 1))
    --at;
  bool isFill = fill == 0xCC || fill == 0x90;
  return isFill && entry - at >= kTooLongForChance ? at : entry;
}

/// Behind bytes that read as code from \p begin up to a return or jump, though
/// nothing leads there, NOPs of any length are padding if they are as many.
/// Returns where they begin, or \p entry.
static uint64_t paddingBehindDeadCode(Arch arch, const Section &section,
                                      uint64_t begin, uint64_t entry) {
  uint64_t padding = begin;
  bool ends = false;
  for (uint64_t at = begin; at < entry;) {
    Instruction instruction;
    if (!decode(arch, section.bytes.take_front(entry), at, instruction))
      return entry;
    bool pads = instruction.flow == Flow::Nop || section.bytes[at] == 0xCC;
    at += instruction.length;
    if (pads)
      continue;
    padding = at;
    ends = instruction.flow == Flow::Stop || instruction.flow == Flow::Jump ||
           instruction.flow == Flow::IndirectJump;
  }
  bool isPadding = ends && entry - padding >= kTooLongForChance &&
                   firstLabel(section.code, padding, entry) == entry;
  return isPadding ? padding : entry;
}

/// Whether the bytes of [begin, entry), which nothing leads to, are code all
/// the same: they read as code up to a return or jump, and relocations fill in
/// an operand. (MSVC writes such ways out of catch blocks that always throw.)
static bool isDeadCode(Arch arch, const Section &section, uint64_t begin,
                       uint64_t entry) {
  bool ends = false, isRelocated = false;
  for (uint64_t at = begin; at < entry;) {
    Instruction instruction;
    if (!decode(arch, section.bytes.take_front(entry), at, instruction))
      return false;
    uint64_t next = at + instruction.length;
    for (const Relocation &relocation : section.relocations) {
      if (relocation.offset < at || relocation.offset >= next)
        continue;
      if (relocation.offset == at ||
          relocation.offset + relocation.width > next)
        return false;
      isRelocated = true;
    }
    ends = instruction.flow == Flow::Stop || instruction.flow == Flow::Jump ||
           instruction.flow == Flow::IndirectJump;
    at = next;
  }
  return ends && isRelocated;
}

/// Padding that is run through is code.
static void markNops(Arch arch, Section &section, uint64_t begin,
                     uint64_t end) {
  Instruction instruction;
  while (begin < end &&
         decode(arch, section.bytes.take_front(end), begin, instruction)) {
    section.code.set(begin, instruction.length, instruction.flow);
    begin += instruction.length;
  }
}

/// A run of NOPs that ends with the one at \p offset and that only the call
/// before it leads to. Where return addresses must not leave the function
/// (Windows x64), compilers put one behind a call that never returns.
static bool isNopBehindCall(const CodeMap &code, uint64_t offset) {
  while (offset != ~0ull && code.flow(offset) == Flow::Nop &&
         !code.label(offset)) {
    offset = code.instructionEndingAt(offset);
    if (offset != ~0ull && code.flow(offset) == Flow::Call)
      return true;
  }
  return false;
}

/// Whether the section begins with a jump to \p entry: what runs into it does
/// not run through what stands between.
static bool beginsWithJumpTo(Arch arch, const Section &section,
                             uint64_t entry) {
  Instruction first;
  return decode(arch, section.bytes, 0, first) && first.flow == Flow::Jump &&
         first.isRelative &&
         first.length + static_cast<uint64_t>(first.field) == entry;
}

static FallsInto fallsInto(Arch arch, const Section &section,
                           const Function &function, uint64_t gap,
                           bool endsFunction) {
  bool runsThroughGap = false, jumpsIntoGap = false;
  for (uint64_t at = gap; at < function.entry; ++at) {
    runsThroughGap |= section.code.length(at) != 0;
    jumpsIntoGap |= section.code.length(at) != 0 && section.code.label(at);
  }
  // The gABI makes one function of all contributions to these two.
  bool isContribution = section.name == ".init" || section.name == ".fini";
  if (gap == 0)
    return runsThroughGap || (isContribution &&
                              !beginsWithJumpTo(arch, section, function.entry))
               ? FallsInto::Yes
               : FallsInto::No;
  uint64_t previous = section.code.instructionEndingAt(gap);
  if (isNopBehindCall(section.code, previous))
    return jumpsIntoGap ? FallsInto::Yes : FallsInto::Maybe;
  if (previous == ~0ull) // dead code, or data
    return runsThroughGap ? FallsInto::Yes
           : endsFunction ? FallsInto::Maybe
                          : FallsInto::No;
  switch (section.code.flow(previous)) {
  case Flow::Jump:
  case Flow::IndirectJump:
  case Flow::Stop:
    return runsThroughGap ? FallsInto::Yes : FallsInto::No;
  case Flow::Call:
    return jumpsIntoGap ? FallsInto::Yes : FallsInto::Maybe;
  default:
    return FallsInto::Yes;
  }
}

/// Runs of bytes that no control flow reaches, are no padding, and that
/// something names or that belong to the entry behind them.
static void findData(const Binary &binary, SectionIndex index,
                     std::vector<DataRun> &runs) {
  const Section &section = binary.sections[index];
  const CodeMap &code = section.code;
  ArrayRef<Function> functions = binary.functionsOf(index);
  for (uint64_t at = 0; at < code.size();) {
    if (unsigned length = code.length(at)) {
      at += length;
      continue;
    }
    uint64_t begin = at;
    bool named = false;
    while (at < code.size() && code.length(at) == 0)
      named |= code.label(at++);
    auto next = partition_point(
        functions, [&](const Function &f) { return f.entry < at; });
    bool glued = next != functions.end() && next->entry == at &&
                 next->skip != SkipReason::None;
    uint64_t before = code.instructionEndingAt(begin);
    bool behindCall = before != ~0ull && code.flow(before) == Flow::Call;
    if (!named && !glued && !behindCall)
      continue;
    if (isPadding(binary.arch, section.bytes, begin, at))
      continue;
    // Behind a call the bytes may be read through the return address: nothing
    // may come between.
    bool isReached = before != ~0ull && code.flow(before) != Flow::Jump &&
                     code.flow(before) != Flow::IndirectJump &&
                     code.flow(before) != Flow::Stop;
    runs.push_back({begin, isReached ? before : begin, isReached});
  }
}

/// The one of \p ranges, which ascend, that \p entry is in, or null.
static const UnwindRange *rangeOf(ArrayRef<const UnwindRange *> ranges,
                                  uint64_t entry) {
  auto next = partition_point(
      ranges, [&](const UnwindRange *range) { return range->begin <= entry; });
  if (next == ranges.begin() || (*std::prev(next))->end <= entry)
    return nullptr;
  return *std::prev(next);
}

void findSurroundings(Binary &binary) {
  // Code whose unwinding information begins in the middle of nowhere.
  DenseMap<SectionIndex, std::vector<const UnwindRange *>> ranges;
  for (const UnwindRange &range : binary.unwind)
    ranges[range.section].push_back(&range);
  for (auto &[section, list] : ranges)
    llvm::sort(list, [](const UnwindRange *a, const UnwindRange *b) {
      return a->begin < b->begin;
    });

  // Where data of known size ends: what it ends with is no padding.
  std::set<PlaceKey> dataEnds;
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0 && symbol.type == SymbolType::Data &&
        symbol.size != 0 && binary.sections[symbol.section].executable)
      dataEnds.insert({symbol.section, symbol.offset + symbol.size});

  SectionIndex current = 0;
  uint64_t codeEnd = 0;  // where the sized functions before this one end
  uint64_t firstEnd = 0; // of the first instruction of the one before
  for (size_t i = 0; i != binary.functions.size(); ++i) {
    Function &function = binary.functions[i];
    const Section &section = binary.sections[function.section];
    if (function.section != current) {
      current = function.section;
      codeEnd = firstEnd = 0;
    }
    if (section.noBits) { // there is nothing to look at
      function.gapBegin = function.gapKept = function.entry;
      if (function.skip == SkipReason::None)
        function.skip = SkipReason::EntryNotCode;
      continue;
    }
    auto dataEnd = dataEnds.upper_bound({function.section, function.entry});
    if (dataEnd != dataEnds.begin() &&
        std::prev(dataEnd)->first == function.section)
      codeEnd = std::max(codeEnd, std::prev(dataEnd)->second);
    if (binary.mode == Mode::Image)
      codeEnd = withoutLeftOvers(binary, current, codeEnd);
    // A NOP at the entry of the function before is no padding.
    uint64_t free = freeBegin(section, function, std::max(codeEnd, firstEnd));
    uint64_t first =
        ownsSite(binary, function) ? function.site : function.entry;
    firstEnd = first + std::max(1u, section.code.length(first));
    // A symbol at the very beginning is the end of what stands before.
    bool beginIsNamed = free == function.entry ||
                        binary.namedByData.contains({function.section, free});
    uint64_t label = firstLabel(section.code, beginIsNamed ? free : free + 1,
                                function.entry);
    bool padded = isPadding(binary.arch, section.bytes, free, function.entry);
    function.gapBegin =
        padded ? free
               : std::min(uniformPadding(section, free, function.entry),
                          paddingBehindDeadCode(binary.arch, section, free,
                                                function.entry));
    function.gapKept = std::max(label, function.gapBegin);
    function.fallsInto = fallsInto(binary.arch, section, function,
                                   padded ? free : function.gapBegin,
                                   free != 0 && free == codeEnd);
    if (padded && function.fallsInto == FallsInto::Yes)
      markNops(binary.arch, binary.sections[function.section], free,
               function.entry);
    bool isNamed =
        padded ||
        firstLabel(section.code, free, function.entry) != function.entry ||
        function.gapBegin != function.entry ||
        isDeadCode(binary.arch, section, free, function.entry);
    if (function.sized && i + 1 != binary.functions.size() &&
        binary.functions[i + 1].section == current &&
        function.end <= binary.functions[i + 1].entry)
      codeEnd = std::max(codeEnd, function.end);

    auto skip = [&](SkipReason reason) {
      if (function.skip == SkipReason::None)
        function.skip = reason;
    };
    if (hasTypeSignature(section.bytes, function.entry))
      skip(SkipReason::TypeSignature);
    if (!isNamed)
      skip(SkipReason::PrefixData);
    if (isSignalReturn(binary.arch, section.bytes, function.entry))
      skip(SkipReason::SignalFrame);
    unsigned siteLength = section.code.length(function.site);
    if (!ownsSite(binary, function))
      skip(SkipReason::OnlyEndbr);
    if (siteLength == 0)
      skip(SkipReason::EntryNotCode);
    for (uint64_t at = function.site + 1; at < function.site + siteLength; ++at)
      if (at < function.site + 2 && binary.functionAt(current, at) &&
          binary.functionAt(current, at)->entry == at)
        skip(SkipReason::OverlapsEntry);

    if (const UnwindRange *range =
            rangeOf(ranges[function.section], function.entry)) {
      if (range->lsdaUnknown && range->info.section == 0)
        skip(SkipReason::UnknownUnwindData);
      if (range->signalFrame)
        skip(SkipReason::SignalFrame);
    }
    // What is named in the padding stays, and may be half an instruction.
    if (!isPadding(binary.arch, section.bytes, function.gapKept,
                   function.entry))
      skip(SkipReason::HiddenReference);
  }
  // What could not be decoded may lead anywhere in its section, but in an image
  // nothing moves.
  for (const Place &place : binary.undecoded) {
    auto skip = [](Function &function) {
      if (function.skip == SkipReason::None)
        function.skip = SkipReason::UnknownInstruction;
    };
    if (binary.mode == Mode::Image) {
      if (const Function *known =
              binary.functionAt(place.section, place.offset))
        skip(const_cast<Function &>(*known));
      continue;
    }
    for (Function &function : binary.functions)
      if (function.section == place.section)
        skip(function);
  }
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    if (!binary.sections[i].code.empty())
      findData(binary, i, binary.sections[i].data);
}

} // namespace hotpad::x86
