//===- CompleteReferences.cpp - whether kept relocations are all there ----===//
//
// A tool may have dropped some of the tables that --emit-relocs left, or parts
// of the program may never have had relocations. Then something would go on
// leading to old code. It shows by fields that look like references and have no
// relocation: operands that lead to another section, tables of a switch, and at
// a fixed address words that are addresses of code.
//
//===----------------------------------------------------------------------===//

#include "rewriter/core/Bytes.h"
#include "rewriter/elf/Object.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

namespace {

class Checker {
public:
  explicit Checker(const Object &object)
      : object(object), binary(object.binary) {}

  Error run() const {
    for (SectionIndex i = 1; i < binary.sections.size(); ++i)
      if (Error error =
              binary.sections[i].laidOutAnew ? checkCode(i) : checkWords(i))
        return error;
    return Error::success();
  }

private:
  Error checkCode(SectionIndex index) const;
  Error checkTable(SectionIndex index, uint64_t user, Place table,
                   unsigned width, uint64_t base) const;
  Error checkWords(SectionIndex index) const;
  bool isDecoded(SectionIndex index, uint64_t field) const;

  const Object &object;
  const Binary &binary;
};

/// Whether \p fields has one that is \p offset, or beside it: linkers shift
/// the field of a jump that they relax by one byte.
bool hasField(ArrayRef<uint64_t> fields, uint64_t offset) {
  auto next = llvm::lower_bound(fields, offset == 0 ? 0 : offset - 1);
  return next != fields.end() && *next <= offset + 1;
}

/// Whether \p offset is inside an instruction, or begins one.
bool Checker::isDecoded(SectionIndex index, uint64_t offset) const {
  constexpr uint64_t kLongest = 15;
  const CodeMap &code = binary.sections[index].code;
  for (uint64_t back = 0; back != kLongest && back <= offset; ++back)
    if (code.length(offset - back) > back)
      return true;
  return false;
}

Error Checker::checkCode(SectionIndex index) const {
  const Section &section = binary.sections[index];
  const KeptTable &kept = object.kept[index];
  for (const Reference &reference : section.references) {
    if (!reference.isCode || reference.isBranch || reference.isCall)
      continue;
    const Section &home = binary.sections[reference.target.section];
    if (Error error = checkTable(index, reference.offset, reference.target, 4,
                                 home.address + reference.target.offset))
      return error;
  }
  for (const Relocation &relocation : section.relocations) {
    const Symbol &symbol = binary.symbols[relocation.symbol];
    if (relocation.pcRelative)
      continue;
    Place table{symbol.offset + static_cast<uint64_t>(relocation.addend),
                symbol.section, Side::Label};
    if (Error error = checkTable(index, relocation.offset, table, 8, 0))
      return error;
  }
  for (const Reference &reference : section.references)
    if (reference.isCode && reference.relocation == kNoRelocation &&
        reference.target.section != index &&
        !hasField(kept.fields, reference.offset))
      return errorAt(binary, index, reference.offset,
                     "the instruction refers to another section, and no kept "
                     "relocation says so");
  for (uint64_t field : kept.unknown)
    if (!isDecoded(index, field))
      return errorAt(binary, index, field,
                     "the field is not what its relocation says, and no "
                     "instruction is known there");
  return Error::success();
}

/// When the code at \p user takes the address of \p table and what stands
/// there, fields of \p width bytes measured from \p base, leads into the same
/// function, it is a table of cases.
Error Checker::checkTable(SectionIndex index, uint64_t user, Place table,
                          unsigned width, uint64_t base) const {
  const Section &home = binary.sections[table.section];
  constexpr uint64_t kFields = 2; // one could be chance
  if (table.section == 0 || home.executable || home.writable ||
      table.offset > home.bytes.size() ||
      home.bytes.size() - table.offset < kFields * width ||
      hasField(object.kept[table.section].fields, table.offset))
    return Error::success();
  const Function *function = binary.functionAt(index, user);
  for (uint64_t i = 0; i != kFields; ++i) {
    uint64_t value =
        readFixed(home.bytes.data() + table.offset + i * width, width);
    if (width == 4)
      value = static_cast<uint64_t>(SignExtend64<32>(value));
    Place place = binary.placeAt(base + value);
    if (!function || place.section != index ||
        place.offset <= function->entry || place.offset >= function->end)
      return Error::success();
  }
  return errorAt(binary, table.section, table.offset,
                 "a table that leads into " + function->name +
                     ", and no kept relocation describes it");
}

/// At a fixed address nothing but kept relocations says which words are
/// addresses. (Those in GOT cells are the linker's own. What is only read has
/// too many numbers that look like some.)
Error Checker::checkWords(SectionIndex index) const {
  const Section &section = binary.sections[index];
  uint32_t type = object.headers[index].sh_type;
  bool holdsData = type == SHT_PROGBITS || type == SHT_INIT_ARRAY ||
                   type == SHT_FINI_ARRAY || type == SHT_PREINIT_ARRAY;
  if (binary.positionIndependent || !section.alloc || !section.writable ||
      !holdsData || section.executable || section.name.starts_with(".got"))
    return Error::success();
  constexpr uint64_t kWord = 8;
  for (uint64_t at = 0; at + kWord <= section.bytes.size(); at += kWord) {
    Place place = binary.placeAt(readFixed(section.bytes.data() + at, kWord));
    if (place.section == 0 || !binary.sections[place.section].laidOutAnew ||
        llvm::binary_search(object.kept[index].fields, at))
      continue;
    bool isInside =
        isDecoded(place.section, place.offset) &&
        binary.sections[place.section].code.length(place.offset) == 0;
    if (!isInside)
      return errorAt(binary, index, at,
                     "may be an address of code, and no kept relocation "
                     "describes it");
  }
  return Error::success();
}

} // namespace

Error Object::checkReferences() const { return Checker(*this).run(); }

} // namespace hotpad::elf
