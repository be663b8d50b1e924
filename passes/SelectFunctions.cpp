//===- SelectFunctions.cpp ------------------------------------------------===//

#include "passes/SelectFunctions.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Regex.h"

using namespace llvm;

namespace hotpad {

Error selectFunctions(Binary &binary, StringRef only, StringRef skip) {
  if (only.empty() && skip.empty())
    return Error::success();
  Regex onlyRegex(only), skipRegex(skip);
  std::string why;
  if ((!only.empty() && !onlyRegex.isValid(why)) ||
      (!skip.empty() && !skipRegex.isValid(why)))
    return createStringError("regular expression: " + why);

  DenseMap<std::pair<SectionIndex, uint64_t>, SmallVector<StringRef, 1>> names;
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0 && symbol.type != SymbolType::Section)
      names[{symbol.section, symbol.offset}].push_back(symbol.name);
  for (Function &function : binary.functions) {
    SmallVector<StringRef, 1> aliases =
        names.lookup({function.section, function.entry});
    if (aliases.empty())
      aliases.push_back(function.name);
    bool wanted = only.empty();
    bool unwanted = false;
    for (StringRef name : aliases) {
      wanted |= !only.empty() && onlyRegex.match(name);
      unwanted |= !skip.empty() && skipRegex.match(name);
    }
    if ((!wanted || unwanted) && function.skip == SkipReason::None)
      function.skip = SkipReason::NotSelected;
  }
  return Error::success();
}

} // namespace hotpad
