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
#include "rewriter/x86/Padding.h"
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

  Function &add(SectionIndex section, uint64_t offset, uint64_t size,
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
      return binary.functions.back();
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
    return known;
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

  /// What is called, or with \p isPointed pointed to, outside every function of
  /// known size is one.
  bool addFound(ArrayRef<Place> places, bool isPointed) {
    if (binary.symbolsNameAll)
      return false;
    rebuildIndex();
    std::vector<Place> fresh;
    for (const Place &place : places) {
      const Function *function = binary.functionAt(place.section, place.offset);
      if (!(function && (function->sized || function->entry == place.offset)) &&
          mayBeEntry(place) &&
          (!isPointed || (!isBeforeEntry(place) && readsAsCode(binary, place))))
        fresh.push_back(place);
    }
    for (const Place &place : fresh)
      add(place.section, place.offset, 0, 0, nameOf(place)).isDirectlyCalled |=
          !isPointed;
    if (!fresh.empty())
      finish();
    return !fresh.empty();
  }

  /// What is known to be an entry, whatever else is there.
  bool addKnown(ArrayRef<Place> entries) {
    rebuildIndex();
    for (const Place &entry : entries)
      add(entry.section, entry.offset, 0, 0, nameOf(entry));
    finish();
    return !entries.empty();
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

  bool mayBeEntry(Place place) const {
    return !isLinkersCode(binary.sections[place.section]) &&
           !imageParts.contains({place.section, place.offset});
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
          (isInsideFunction(range) || beginsInPadding(range)))
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
    for (const auto &[root, source] : binary.roots) {
      const Function *function = binary.functionAt(root.section, root.offset);
      // Inside a function, of whatever size, a pointer may be for a switch
      // (CodeWalker::followPointers).
      bool isFree =
          !function || (source != Source::Pointer && !function->sized &&
                        function->entry != root.offset);
      if (isFree && mayBeEntry(root) && !isBeforeEntry(root) &&
          readsAsCode(binary, root))
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

  /// In an image, an entry without a size (hand-written code, known from the
  /// list of entries) ends where the next range begins at the latest.
  bool isInsideFunction(const UnwindRange &range) const {
    const Function *function = binary.functionAt(range.section, range.begin);
    return function && (function->sized || binary.mode != Mode::Image);
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
    finder
        .add(call.section, call.offset, 0, label->second,
             binary.symbols[label->second].name)
        .isDirectlyCalled = true;
    any = true;
  }
  if (any)
    finder.finish();
  return any;
}

bool addCalledPlaces(Binary &binary, ArrayRef<Place> calls) {
  return !calls.empty() && Finder(binary).addFound(calls, false);
}

bool addPointedPlaces(Binary &binary, ArrayRef<Place> places) {
  return !places.empty() && Finder(binary).addFound(places, true);
}

bool addOldEntries(Binary &binary, ArrayRef<Place> entries) {
  return !entries.empty() && Finder(binary).addKnown(entries);
}

} // namespace hotpad::x86
