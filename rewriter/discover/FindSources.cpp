//===- FindSources.cpp ----------------------------------------------------===//

#include "rewriter/discover/FindSources.h"
#include "llvm/ADT/DenseMap.h"

using namespace llvm;

namespace hotpad {

std::vector<Sources> findSources(const Binary &binary) {
  std::vector<Sources> sources(binary.functions.size());
  DenseMap<std::pair<SectionIndex, uint64_t>, size_t> numbers;
  for (size_t i = 0; i != binary.functions.size(); ++i) {
    const Function &function = binary.functions[i];
    numbers[{function.section, function.entry}] = i;
    if (function.isDirectlyCalled)
      sources[i].add(Source::Call);
    // An untyped label is no evidence by itself, but a name.
    if (function.symbol != 0)
      sources[i].add(binary.symbols[function.symbol].source);
  }
  auto add = [&](SectionIndex section, uint64_t offset, Source source) {
    if (auto found = numbers.find({section, offset}); found != numbers.end())
      sources[found->second].add(source);
  };
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0 && (symbol.type == SymbolType::Function ||
                                symbol.type == SymbolType::Resolver))
      add(symbol.section, symbol.offset, symbol.source);
  for (const UnwindRange &range : binary.unwind)
    if (range.begin != range.end && !range.entersMidway)
      add(range.section, range.begin, Source::Unwinding);
  for (const Root &root : binary.roots)
    add(root.place.section, root.place.offset, root.source);
  return sources;
}

} // namespace hotpad
