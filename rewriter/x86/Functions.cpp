//===- Functions.cpp ------------------------------------------------------===//
//
// A function is an entry that callers may use. Symbols say most of it; what
// they do not say:
//
// - Parts that compilers split off (`f.cold`) and the preambles they put before
//   a function (`__cfi_f`, `__pfx_f`) have function symbols, but nobody calls
//   them.
// - Several symbols at one place are one function.
// - Assembly may give no type and no size; unwinding information or a call
//   shows that a label is a function.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/Functions.h"
#include "rewriter/x86/Decoder.h"
#include "rewriter/x86/ReadsAsCode.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include <map>
#include <optional>
#include <set>

using namespace llvm;

namespace hotpad::x86 {

namespace {

using PlaceKey = std::pair<SectionIndex, uint64_t>;

/// `f.cold` and `f.cold.3`: the unlikely part of f.
bool isColdPart(const Symbol &symbol) {
  if (!symbol.local)
    return false;
  auto [head, tail] = symbol.name.rsplit(".cold");
  if (head.empty() || head.size() == symbol.name.size())
    return false;
  return tail.empty() ||
         (tail.consume_front(".") && !tail.empty() && all_of(tail, isDigit));
}

bool isCodeSymbol(const Binary &binary, const Symbol &symbol) {
  return symbol.section != 0 && binary.sections[symbol.section].executable &&
         (symbol.type == SymbolType::Function ||
          symbol.type == SymbolType::Resolver);
}

class Finder {
public:
  explicit Finder(Binary &binary) : binary(binary) {
    if (binary.mode == Mode::Image && binary.format == Format::Coff)
      for (const UnwindRange &range : binary.unwind)
        if (range.entersMidway)
          imageParts.insert({range.section, range.begin});
  }

  void run() {
    for (const UnwindRange &range : binary.unwind)
      if (range.prologSize != 0)
        framed[{range.section, range.begin + range.prologSize}] = range.end;
    findPreambles();
    addSymbols();
    // An entry without a size must not hide those behind it.
    if (binary.mode == Mode::Image)
      takeSizesFromUnwind();
    addUnwindStarts();
    addRoots();
    if (binary.format == Format::Coff)
      takeSizesFromUnwind();
    finish();
  }

  void add(SectionIndex section, uint64_t offset, uint64_t size,
           SymbolIndex symbol, StringRef name) {
    auto [it, isNew] =
        found.try_emplace({section, offset}, binary.functions.size());
    if (isNew) {
      Function function;
      function.section = section;
      function.symbol = symbol;
      function.isUnnamed = symbol == 0 || name.empty();
      function.entry = offset;
      function.end = offset + size;
      function.sized = size != 0;
      function.name = name.empty() ? nameOf({offset, section}) : name.str();
      binary.functions.push_back(std::move(function));
      return;
    }
    // An alias. The representative is the first global one.
    Function &known = binary.functions[it->second];
    known.end = std::max(known.end, offset + size);
    known.sized |= size != 0;
    if (known.symbol == 0 || (binary.symbols[known.symbol].local && symbol &&
                              !binary.symbols[symbol].local)) {
      known.symbol = symbol;
      known.isUnnamed &= name.empty();
      known.name = name.str();
    }
  }

  void finish() {
    binary.sortFunctions();
    for (size_t i = 0; i != binary.functions.size(); ++i) {
      Function &function = binary.functions[i];
      const Section &section = binary.sections[function.section];
      if (!function.sized) { // up to the next entry
        bool hasNext = i + 1 != binary.functions.size() &&
                       binary.functions[i + 1].section == function.section;
        function.end = hasNext ? binary.functions[i + 1].entry : section.size;
        auto part = imageParts.lower_bound({function.section, function.entry});
        if (part != imageParts.end() && part->first == function.section)
          function.end = std::min(function.end, part->second);
      }
      function.end = std::min(function.end, section.size);
      function.site = isEndbr(binary.arch, section.bytes, function.entry)
                          ? function.entry + 4
                          : function.entry;
    }
    binary.sortFunctions();
  }

  /// What is called outside every known function is one.
  bool addCalled(ArrayRef<Place> calls) {
    if (binary.symbolsNameAll)
      return false;
    rebuildIndex();
    std::vector<Place> fresh;
    for (const Place &call : calls) {
      const Function *function = binary.functionAt(call.section, call.offset);
      if (!(function && (function->sized || function->entry == call.offset)) &&
          !isLinkersCode(binary.sections[call.section]) &&
          !imageParts.contains({call.section, call.offset}))
        fresh.push_back(call);
    }
    for (const Place &call : fresh)
      add(call.section, call.offset, 0, 0, nameOf(call));
    if (!fresh.empty())
      finish();
    return !fresh.empty();
  }

private:
  /// Stubs of the linker's that lead to other files.
  static bool isLinkersCode(const Section &section) {
    return section.name == ".plt" || section.name.starts_with(".plt.") ||
           section.name == ".iplt";
  }

  /// Symbols that name what stands before a function.
  void findPreambles() {
    StringMap<SmallVector<PlaceKey, 1>> places;
    for (const Symbol &symbol : binary.symbols)
      if (isCodeSymbol(binary, symbol))
        places[symbol.name].push_back({symbol.section, symbol.offset});
    for (SymbolIndex i = 1; i < binary.symbols.size(); ++i) {
      const Symbol &symbol = binary.symbols[i];
      StringRef name = symbol.name;
      bool isHash = name.consume_front("__cfi_");
      if (!isHash && !name.consume_front("__pfx_"))
        continue;
      auto owners = places.find(name);
      if (owners == places.end())
        continue;
      // Several local functions may have one name: the next one is meant.
      PlaceKey end(symbol.section, symbol.offset + symbol.size);
      std::optional<PlaceKey> owner;
      for (PlaceKey place : owners->second)
        if (place.first == end.first && place >= end &&
            (!owner || place < *owner))
          owner = place;
      if (!owner)
        continue;
      preambles.push_back(i);
      if (isHash)
        hashed.push_back(*owner);
    }
  }

  /// MSVC gives the body of a catch block a function's symbol. Where a frame
  /// has been set up nobody can call.
  bool isBehindProlog(PlaceKey place) {
    auto next = framed.upper_bound(place);
    return next != framed.begin() &&
           std::prev(next)->first.first == place.first &&
           place.second < std::prev(next)->second;
  }

  void addSymbols() {
    for (SymbolIndex i = 1; i < binary.symbols.size(); ++i) {
      const Symbol &symbol = binary.symbols[i];
      if (!isCodeSymbol(binary, symbol) || isColdPart(symbol) ||
          imageParts.contains({symbol.section, symbol.offset}) ||
          symbol.offset == binary.sections[symbol.section].size ||
          isBehindProlog({symbol.section, symbol.offset}) ||
          std::binary_search(preambles.begin(), preambles.end(), i))
        continue;
      add(symbol.section, symbol.offset, symbol.size, i, symbol.name);
    }
    for (PlaceKey key : hashed)
      if (auto it = found.find(key); it != found.end())
        binary.functions[it->second].skip = SkipReason::TypeHash;
  }

  /// FDEs start functions too, unless a symbol says it is a part of one.
  void addUnwindStarts() {
    if (binary.unwind.empty())
      return;
    DenseMap<PlaceKey, SymbolIndex> labels;
    DenseSet<PlaceKey> parts;
    for (SymbolIndex i = 1; i < binary.symbols.size(); ++i) {
      const Symbol &symbol = binary.symbols[i];
      if (symbol.section == 0 || !binary.sections[symbol.section].executable)
        continue;
      PlaceKey key(symbol.section, symbol.offset);
      if (isColdPart(symbol))
        parts.insert(key);
      else if (symbol.type == SymbolType::None)
        labels.try_emplace(key, i);
    }
    std::vector<UnwindRange> sorted = binary.unwind;
    llvm::sort(sorted, [](const UnwindRange &a, const UnwindRange &b) {
      return std::tie(a.section, a.begin) < std::tie(b.section, b.begin);
    });
    // Against the functions known from symbols: a range that begins inside one
    // (a function of several FDEs) starts nothing new.
    finish();
    rebuildIndex();
    for (const UnwindRange &range : sorted) {
      PlaceKey key(range.section, range.begin);
      if (!binary.sections[range.section].executable || range.signalFrame ||
          isLinkersCode(binary.sections[range.section]) ||
          range.begin == range.end || range.entersMidway ||
          parts.contains(key) || found.contains(key))
        continue;
      auto label = labels.find(key);
      if (label == labels.end() &&
          (binary.functionAt(range.section, range.begin) ||
           beginsInPadding(range)))
        continue;
      if (label != labels.end())
        added.push_back({range, label->second});
      else
        added.push_back({range, 0});
    }
    for (const auto &[range, symbol] : added)
      add(range.section, range.begin, range.end - range.begin, symbol,
          symbol ? binary.symbols[symbol].name
                 : StringRef(nameOf({range.begin, range.section})));
  }

  /// What the loader calls or fills in, unless it leads into a function.
  void addRoots() {
    if (binary.roots.empty() || binary.symbolsNameAll)
      return;
    finish();
    rebuildIndex();
    std::vector<Place> fresh;
    for (const Place &root : binary.roots) {
      const Function *function = binary.functionAt(root.section, root.offset);
      // Inside a function, of whatever size, it may be a case of a switch.
      if (!function && !isLinkersCode(binary.sections[root.section]) &&
          !imageParts.contains({root.section, root.offset}) &&
          !isBeforeEntry(root) && readsAsCode(binary, root))
        fresh.push_back(root);
    }
    for (const Place &root : fresh)
      add(root.section, root.offset, 0, 0, nameOf(root));
  }

  /// A pointer to padding means what the padding is for: the function behind
  /// it.
  bool isBeforeEntry(Place place) const {
    ArrayRef<Function> functions = binary.functionsOf(place.section);
    auto next = partition_point(functions, [&](const Function &function) {
      return function.entry <= place.offset;
    });
    return next != functions.end() &&
           isPadding(binary.arch, binary.sections[place.section].bytes,
                     place.offset, next->entry);
  }

  /// Of a function without symbol.
  std::string nameOf(Place entry) const {
    return (binary.sections[entry.section].name + "+0x" +
            utohexstr(entry.offset, true))
        .str();
  }

  /// Where the function begins that \p range is a part of.
  static PlaceKey rootOf(const UnwindRange &range,
                         const DenseMap<PlaceKey, PlaceKey> &parents) {
    PlaceKey at(range.section, range.begin);
    for (size_t steps = 0; steps <= parents.size(); ++steps) {
      auto parent = parents.find(at);
      if (parent == parents.end())
        break;
      at = parent->second;
    }
    return at;
  }

  /// COFF has sizes nowhere else, nor has a stripped image.
  void takeSizesFromUnwind() {
    rebuildIndex();
    DenseMap<PlaceKey, PlaceKey> parents;
    for (const UnwindRange &range : binary.unwind)
      if (range.parent.section != 0)
        parents[{range.section, range.begin}] = {range.parent.section,
                                                 range.parent.offset};
    // A part may stand far from the whole: only what follows counts.
    std::vector<UnwindRange> ordered = binary.unwind;
    llvm::stable_sort(ordered, [](const UnwindRange &a, const UnwindRange &b) {
      return std::tie(a.section, a.begin) < std::tie(b.section, b.begin);
    });
    for (const UnwindRange &range : ordered) {
      PlaceKey root = rootOf(range, parents);
      auto known = found.find(root);
      if (known == found.end() || root.first != range.section)
        continue;
      Function &function = binary.functions[known->second];
      if (function.sized && binary.format != Format::Coff)
        continue; // by its symbol
      if (binary.mode == Mode::Image && range.parent.section != 0 &&
          range.begin != function.end)
        continue;
      function.end =
          function.sized ? std::max(function.end, range.end) : range.end;
      function.sized = true;
    }
  }

  /// Assembly may open a range before it aligns the function.
  bool beginsInPadding(const UnwindRange &range) const {
    ArrayRef<Function> functions = binary.functionsOf(range.section);
    auto next = partition_point(functions, [&](const Function &function) {
      return function.entry <= range.begin;
    });
    return next != functions.end() && next->entry < range.end &&
           isPadding(binary.arch, binary.sections[range.section].bytes,
                     range.begin, next->entry);
  }

  void rebuildIndex() {
    found.clear();
    for (size_t i = 0; i != binary.functions.size(); ++i)
      found[{binary.functions[i].section, binary.functions[i].entry}] = i;
  }

  Binary &binary;
  DenseMap<PlaceKey, size_t> found;
  /// In a PE image: what unwinding information says is a part of a function.
  std::set<PlaceKey> imageParts;
  std::map<PlaceKey, uint64_t> framed; ///< Body behind a prolog, to its end.
  std::vector<SymbolIndex> preambles;
  std::vector<PlaceKey> hashed;
  std::vector<std::pair<UnwindRange, SymbolIndex>> added;
};

} // namespace

void findFunctions(Binary &binary) { Finder(binary).run(); }

bool addCalledLabels(Binary &binary, ArrayRef<Place> calls) {
  if (calls.empty())
    return false;
  DenseMap<PlaceKey, SymbolIndex> labels;
  for (SymbolIndex i = 1; i < binary.symbols.size(); ++i) {
    const Symbol &symbol = binary.symbols[i];
    if (symbol.section != 0 && symbol.type == SymbolType::None)
      labels.try_emplace({symbol.section, symbol.offset}, i);
  }
  Finder finder(binary);
  bool any = false;
  DenseSet<PlaceKey> known;
  for (const Function &function : binary.functions)
    known.insert({function.section, function.entry});
  for (Place call : calls) {
    PlaceKey key(call.section, call.offset);
    auto label = labels.find(key);
    if (label == labels.end() || !known.insert(key).second)
      continue;
    finder.add(call.section, call.offset, 0, label->second,
               binary.symbols[label->second].name);
    any = true;
  }
  if (any)
    finder.finish();
  return any;
}

bool addCalledPlaces(Binary &binary, ArrayRef<Place> calls) {
  Finder finder(binary);
  return finder.addCalled(calls);
}

bool isPadding(Arch arch, ArrayRef<uint8_t> bytes, uint64_t begin,
               uint64_t end) {
  if (end > bytes.size()) // a section without contents
    return false;
  while (begin < end) {
    Instruction instruction;
    if (bytes[begin] == 0xCC || bytes[begin] == 0x90) {
      ++begin;
      continue;
    }
    if (!decode(arch, bytes.take_front(end), begin, instruction))
      return false;
    begin += instruction.length;
    // GNU as begins a long run with a jump over the rest of it.
    bool isOver = instruction.flow == Flow::Jump && instruction.isRelative &&
                  begin + static_cast<uint64_t>(instruction.field) == end;
    if (instruction.flow != Flow::Nop && !isOver)
      return false;
  }
  return true;
}

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
  uint64_t codeEnd = 0; // where the sized functions before this one end
  for (size_t i = 0; i != binary.functions.size(); ++i) {
    Function &function = binary.functions[i];
    const Section &section = binary.sections[function.section];
    if (function.section != current) {
      current = function.section;
      codeEnd = 0;
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
    uint64_t free = freeBegin(section, function, codeEnd);
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
    if (siteLength == 0)
      skip(SkipReason::EntryNotCode);
    for (uint64_t at = function.site + 1; at < function.site + siteLength; ++at)
      if (at < function.site + 2 && binary.functionAt(current, at) &&
          binary.functionAt(current, at)->entry == at)
        skip(SkipReason::OverlapsEntry);

    const auto &list = ranges[function.section];
    auto range = partition_point(list, [&](const UnwindRange *candidate) {
      return candidate->begin <= function.entry;
    });
    if (range == list.begin())
      continue;
    const UnwindRange &covering = **std::prev(range);
    if (covering.end <= function.entry)
      continue;
    if (covering.lsdaUnknown && covering.info.section == 0)
      skip(SkipReason::UnknownUnwindData);
    if (covering.signalFrame)
      skip(SkipReason::SignalFrame);
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
