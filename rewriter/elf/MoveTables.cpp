//===- MoveTables.cpp - who else in an ELF image knows where code is ------===//
//
// When all references that the link's relocations describe have been moved,
// what remains are tables of the format's own:
//
//     ELF header        the entry point
//     .symtab, .dynsym  values and sizes
//     .dynamic          DT_INIT, DT_FINI
//     .rela.dyn ...     addends that lead to code
//     .got              at a fixed address: cells that the linker filled in
//     .rela.text ...    the kept relocations: places, addends
//
//===----------------------------------------------------------------------===//

#include "rewriter/core/Bytes.h"
#include "rewriter/elf/LoadedPointers.h"
#include "rewriter/elf/Object.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

namespace {

class TableMover {
public:
  TableMover(const Object &object, const MoveMap &map,
             ArrayRef<MovedSection> moved, ImageChanges &changes)
      : object(object), binary(object.binary), map(map), moved(moved),
        changes(changes), fileClass(object.fileClass()) {}

  Error run() {
    if (std::optional<uint64_t> entry = movedAddress(object.header.e_entry))
      changes.entryPoint = *entry;
    for (SectionIndex i = 1; i < object.headers.size(); ++i) {
      uint32_t type = object.headers[i].sh_type;
      if (type == SHT_SYMTAB || type == SHT_DYNSYM)
        moveSymbols(i);
      else if (type == SHT_DYNAMIC)
        moveDynamic(i);
      if (object.relocationsOf[i] != 0)
        moveKept(i);
    }
    LoadedPointers pointers(object);
    for (const LoadedPointer &pointer : pointers.all())
      if (Error error = movePointer(pointer))
        return error;
    return binary.positionIndependent ? Error::success() : moveCells(pointers);
  }

private:
  void moveSymbols(SectionIndex table);
  void moveDynamic(SectionIndex table);
  void moveKept(SectionIndex target);
  Error movePointer(const LoadedPointer &pointer);
  Error moveCells(const LoadedPointers &pointers);

  uint64_t newAddress(Place place) const {
    return binary.sections[place.section].address + place.offset +
           static_cast<uint64_t>(map.shift(place.section) + map.delta(place));
  }
  /// Where code at the old \p address is now; nothing when it did not move.
  std::optional<uint64_t> movedAddress(uint64_t address) const {
    Place place = binary.placeAt(address);
    if (place.section == 0 || !binary.sections[place.section].laidOutAnew)
      return std::nullopt;
    return newAddress(place);
  }
  void patch(SectionIndex section, uint64_t offset, uint64_t value,
             unsigned width) {
    SmallVector<uint8_t, 8> bytes;
    appendFixed(bytes, value, width);
    addPatches(changes.patches, section, offset, bytes);
  }
  void patchAll(SectionIndex section, ArrayRef<uint8_t> bytes) {
    if (bytes != binary.sections[section].bytes)
      addPatches(changes.patches, section, 0, bytes);
  }

  const Object &object;
  const Binary &binary;
  const MoveMap &map;
  ArrayRef<MovedSection> moved;
  ImageChanges &changes;
  const Class &fileClass;
};

void TableMover::moveSymbols(SectionIndex table) {
  std::vector<uint8_t> bytes = binary.sections[table].bytes.vec();
  for (size_t at = 0; at + fileClass.symbolSize <= bytes.size();
       at += fileClass.symbolSize) {
    Elf::Sym raw = fileClass.readSymbol(bytes.data() + at);
    SectionIndex section = raw.st_shndx;
    if (section == 0 || section >= binary.sections.size() ||
        !binary.sections[section].laidOutAnew)
      continue;
    uint64_t offset = raw.st_value - binary.sections[section].address;
    uint64_t value = newAddress({offset, section, Side::Label});
    if (raw.getType() == STT_SECTION)
      value = newAddress({0, section, Side::End});
    else if (raw.st_size != 0)
      raw.st_size =
          newAddress({offset + raw.st_size, section, Side::End}) - value;
    raw.st_value = value;
    fileClass.writeSymbol(bytes.data() + at, raw);
  }
  patchAll(table, bytes);
}

void TableMover::moveDynamic(SectionIndex table) {
  ArrayRef<uint8_t> bytes = binary.sections[table].bytes;
  const uint64_t word = fileClass.word;
  for (uint64_t at = 0; at + 2 * word <= bytes.size(); at += 2 * word) {
    uint64_t tag = readFixed(bytes.data() + at, word);
    if (tag != DT_INIT && tag != DT_FINI)
      continue;
    if (std::optional<uint64_t> value =
            movedAddress(readFixed(bytes.data() + at + word, word)))
      patch(table, at + word, *value, word);
  }
}

/// What the link left about the section \p target.
void TableMover::moveKept(SectionIndex target) {
  SectionIndex table = object.relocationsOf[target];
  const KeptTable &kept = object.kept[target];
  const Section &section = binary.sections[target];
  if (kept.fields.empty() && section.size != 0 && !section.laidOutAnew) {
    // Of unwinding tables, which are written anew with other contents.
    changes.emptied.push_back(table);
    return;
  }
  std::vector<uint8_t> bytes = binary.sections[table].bytes.vec();
  ArrayRef<Relocation> relocations = moved[target].relocationsChanged
                                         ? ArrayRef(moved[target].relocations)
                                         : ArrayRef(section.relocations);
  size_t next = 0;
  for (uint32_t row = 0; row != bytes.size() / fileClass.relocationSize;
       ++row) {
    uint8_t *at = bytes.data() + size_t(row) * fileClass.relocationSize;
    Elf::Rela raw = fileClass.readRelocation(at);
    if (next != kept.rows.size() && kept.rows[next] == row) {
      const Relocation &relocation = relocations[next++];
      raw.r_offset = section.address +
                     static_cast<uint64_t>(map.shift(target)) +
                     relocation.offset;
      raw.r_addend = relocation.addend;
      raw.setSymbolAndType(relocation.symbol, relocation.type, false);
    } else if (section.laidOutAnew) {
      raw.r_offset =
          newAddress({raw.r_offset - section.address, target, Side::Byte});
    }
    fileClass.writeRelocation(at, raw);
  }
  patchAll(table, bytes);
}

Error TableMover::movePointer(const LoadedPointer &pointer) {
  Place place = binary.placeAt(pointer.place);
  const uint64_t word = fileClass.word;
  std::optional<uint64_t> value;
  if (pointer.isSymbol) {
    // Measured from a symbol: the distance may have grown.
    SectionIndex names = object.headers[pointer.table].sh_link;
    if (pointer.value == 0 || pointer.symbol == 0 ||
        names >= binary.sections.size() ||
        (uint64_t(pointer.symbol) + 1) * fileClass.symbolSize >
            binary.sections[names].bytes.size())
      return Error::success();
    Elf::Sym raw =
        fileClass.readSymbol(binary.sections[names].bytes.data() +
                             size_t(pointer.symbol) * fileClass.symbolSize);
    SectionIndex section = raw.st_shndx;
    if (section == 0 || section >= binary.sections.size() ||
        !binary.sections[section].laidOutAnew)
      return Error::success();
    return errorAt(binary, pointer.table, pointer.addendAt,
                   "a dynamic relocation leads into a function");
  }
  const Section &section = binary.sections[place.section];
  if (place.section != 0 &&
      llvm::binary_search(object.kept[place.section].agreed, place.offset)) {
    // Its field has been moved: the new contents have the value.
    value = readFixed(moved[place.section].bytes.data() + place.offset, word);
  } else {
    value = movedAddress(pointer.value);
    if (!value)
      return Error::success();
    if (place.section != 0 && !section.noBits &&
        place.offset + word <= section.bytes.size() &&
        readFixed(section.bytes.data() + place.offset, word) == pointer.value)
      patch(place.section, place.offset, *value, word);
  }
  if (value && pointer.addendAt != 0)
    patch(pointer.table, pointer.addendAt, *value, word);
  return Error::success();
}

/// At a fixed address the linker writes what a GOT cell holds once and for all.
Error TableMover::moveCells(const LoadedPointers &pointers) {
  DenseSet<uint64_t> named;
  for (const Symbol &symbol : binary.symbols)
    if (symbol.section != 0)
      named.insert(binary.sections[symbol.section].address + symbol.offset);
  const uint64_t word = fileClass.word;
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    if (!section.alloc || section.noBits || !section.name.starts_with(".got"))
      continue;
    for (uint64_t at = 0; at + word <= section.bytes.size(); at += word) {
      uint64_t old = readFixed(section.bytes.data() + at, word);
      uint64_t cell = section.address + at;
      std::optional<uint64_t> value = movedAddress(old);
      if (!value || pointers.valueAt(cell) || pointers.hasSymbolAt(cell) ||
          llvm::binary_search(object.kept[i].agreed, at))
        continue;
      if (!named.contains(old))
        return errorAt(binary, i, at,
                       "a GOT cell leads to code that no symbol names");
      patch(i, at, *value, word);
    }
  }
  return Error::success();
}

} // namespace

Error Object::moveTables(const MoveMap &map, ArrayRef<MovedSection> moved,
                         ImageChanges &changes) const {
  return TableMover(*this, map, moved, changes).run();
}

} // namespace hotpad::elf
