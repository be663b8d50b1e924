//===- Debug.cpp - debug information, refused or dropped ------------------===//

#include "rewriter/elf/Object.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm;

namespace hotpad::elf {

bool Object::isDebug(SectionIndex index) const {
  const Section &section = binary.sections[index];
  uint32_t type = headers[index].sh_type;
  return (type == ELF::SHT_PROGBITS || type == ELF::SHT_X86_64_UNWIND) &&
         !section.alloc && section.size != 0 && !section.noBits &&
         (section.name.starts_with(".debug_") ||
          section.name.starts_with(".zdebug_") ||
          section.name.starts_with(".stab") ||
          section.name.starts_with(".gnu.debuglto_"));
}

Error Object::refuseDebug() const {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    if (isDebug(i))
      return errorAt(binary, i, 0,
                     "has debug information, which is not supported yet; "
                     "--strip-debug drops it");
  return Error::success();
}

std::vector<bool> Object::dropDebug() {
  std::vector<bool> dropped(binary.sections.size(), false);
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    if (!isDebug(i))
      continue;
    dropped[i] = true;
    if (relocationsOf[i] != 0)
      dropped[relocationsOf[i]] = true;
    binary.sections[i].relocations.clear();
    binary.sections[i].bytes = {};
    binary.sections[i].size = 0;
  }
  return dropped;
}

} // namespace hotpad::elf
