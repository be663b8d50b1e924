//===- EntryList.cpp ------------------------------------------------------===//

#include "rewriter/metadata/EntryList.h"
#include "rewriter/metadata/Encoding.h"

namespace hotpad::metadata {

llvm::Error readEntryList(Binary &binary, SectionIndex index) {
  RelocationIndex relocations(binary.sections[index]);
  std::vector<Reference> references;
  for (const Relocation &relocation : binary.sections[index].relocations)
    if (auto reference =
            readPointer(binary, index, relocations, relocation.offset))
      references.push_back(*reference);
  auto &all = binary.sections[index].references;
  all.insert(all.end(), references.begin(), references.end());
  return llvm::Error::success();
}

} // namespace hotpad::metadata
