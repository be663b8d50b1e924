//===- Image.cpp ----------------------------------------------------------===//

#include "rewriter/elf/Image.h"
#include "rewriter/core/Bytes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

/// Of a segment: pages of 1 GB are the largest there are. Room before the first
/// one is made by its alignment.
constexpr uint64_t kLargestAlignment = 1 << 30;
constexpr uint64_t kPage = 0x1000;

static std::string hex(uint64_t value) { return "0x" + utohexstr(value, true); }

Error readSegments(Object &object) {
  const Elf::Ehdr &header = object.header;
  const Class &fileClass = object.fileClass();
  uint64_t fileSize = object.file.size();
  auto fail = [&](const Twine &message) {
    return errorIn(object.binary, message);
  };
  if (header.e_phnum == 0)
    return fail("has no program headers");
  if (header.e_phentsize != fileClass.programHeaderSize)
    return fail("program headers of " + Twine(unsigned(header.e_phentsize)) +
                " bytes; they must have " +
                Twine(unsigned(fileClass.programHeaderSize)));
  if (header.e_phoff > fileSize ||
      header.e_phnum >
          (fileSize - header.e_phoff) / fileClass.programHeaderSize)
    return fail("the program header table at " + hex(header.e_phoff) +
                " with " + Twine(unsigned(header.e_phnum)) +
                " entries runs past the end of the file (" + hex(fileSize) +
                ")");
  uint64_t lastEnd = 0;
  for (unsigned i = 0; i != header.e_phnum; ++i) {
    Elf::Phdr segment =
        fileClass.readProgramHeader(object.file.data() + header.e_phoff +
                                    uint64_t(i) * fileClass.programHeaderSize);
    object.segments.push_back(segment);
    std::string name = "segment " + std::to_string(i);
    if (segment.p_offset > fileSize ||
        fileSize - segment.p_offset < segment.p_filesz)
      return fail(name + " [" + hex(segment.p_offset) + ", +" +
                  hex(segment.p_filesz) + ") runs past the end of the file (" +
                  hex(fileSize) + ")");
    uint64_t alignment = segment.p_align;
    if (alignment != 0 && !isPowerOf2_64(alignment))
      return fail(name + " has alignment " + hex(alignment) +
                  ", which is no power of two");
    if (alignment > kLargestAlignment)
      return fail(name + " has alignment " + hex(alignment) + ", more than " +
                  hex(kLargestAlignment));
    if (segment.p_type != PT_LOAD)
      continue;
    if (segment.p_memsz < segment.p_filesz)
      return fail(name + " has " + hex(segment.p_filesz) +
                  " bytes in the file and only " + hex(segment.p_memsz) +
                  " in memory");
    uint64_t limit = fileClass.is64() ? 1ull << 47 : 1ull << 32;
    if (segment.p_vaddr > limit || limit - segment.p_vaddr < segment.p_memsz)
      return fail(name + " at " + hex(segment.p_vaddr) +
                  " lies outside the address space");
    if (segment.p_vaddr < lastEnd)
      return fail(name + " at " + hex(segment.p_vaddr) +
                  " overlaps the segment before it, or comes before it");
    lastEnd = segment.p_vaddr + segment.p_memsz;
  }
  return Error::success();
}

uint64_t evictedEnd(ArrayRef<Evicted> ranges, uint64_t address) {
  for (const Evicted &range : ranges)
    address = alignTo(address, range.alignment) + range.size;
  return address;
}

uint64_t Object::firstFreeAddress() const {
  uint64_t end = 0;
  for (const Elf::Phdr &segment : segments)
    if (segment.p_type == PT_LOAD)
      end = std::max<uint64_t>(end, segment.p_vaddr + segment.p_memsz);
  return end == 0 ? 0 : alignTo(end, kPage);
}

ArrayRef<uint8_t> Object::loadedBytes(uint64_t address, uint64_t size) const {
  for (const Elf::Phdr &segment : segments) {
    uint64_t offset = address - segment.p_vaddr;
    if (segment.p_type == PT_LOAD && offset <= segment.p_filesz &&
        segment.p_filesz - offset >= size)
      return file.slice(segment.p_offset + offset, size);
  }
  return {};
}

size_t Object::newSegments() const {
  return any_of(segments,
                [](const Elf::Phdr &segment) {
                  return segment.p_type == PT_GNU_EH_FRAME;
                })
             ? 3
             : 4;
}

uint64_t Object::behindTables(uint64_t address) const {
  std::optional<std::vector<Evicted>> room = findRoom(newSegments());
  return room ? evictedEnd(*room, address) : address;
}

/// The field of the dynamic section that holds \p value under \p tag, as an
/// offset in the file; 0: none.
static uint64_t findDynamic(const Object &object, uint64_t tag,
                            uint64_t value) {
  const uint64_t word = object.fileClass().word;
  auto read = [&](uint64_t at) {
    return readFixed(object.file.data() + at, word);
  };
  for (const Elf::Phdr &segment : object.segments)
    if (segment.p_type == PT_DYNAMIC)
      for (uint64_t at = segment.p_offset;
           at + 2 * word <= segment.p_offset + segment.p_filesz; at += 2 * word)
        if (read(at) == tag && read(at + word) == value)
          return at + word;
  return 0;
}

/// The field of the dynamic section by which alone \p section is found, as an
/// offset in the file; 0: there is none. Relocations of several sections may be
/// one table, of which none can be moved.
static uint64_t findPointer(const Object &object, const Elf::Shdr &section) {
  static constexpr struct {
    uint32_t type;
    uint64_t tag, sizeTag; // 0: the size is not told
  } kTables[] = {
      {SHT_GNU_HASH, DT_GNU_HASH, 0},     {SHT_HASH, DT_HASH, 0},
      {SHT_DYNSYM, DT_SYMTAB, 0},         {SHT_STRTAB, DT_STRTAB, 0},
      {SHT_RELA, DT_RELA, DT_RELASZ},     {SHT_REL, DT_REL, DT_RELSZ},
      {SHT_RELA, DT_JMPREL, DT_PLTRELSZ}, {SHT_REL, DT_JMPREL, DT_PLTRELSZ},
      {SHT_RELR, DT_RELR, DT_RELRSZ},
  };
  for (const auto &table : kTables)
    if (section.sh_type == table.type &&
        (table.sizeTag == 0 ||
         findDynamic(object, table.sizeTag, section.sh_size) != 0))
      if (uint64_t field = findDynamic(object, table.tag, section.sh_addr))
        return field;
  return 0;
}

/// What stands behind the program headers and can be moved, as far as \p count
/// more headers need; nothing when something else stands there.
std::optional<std::vector<Evicted>> Object::findRoom(size_t count) const {
  uint64_t begin =
      header.e_phoff + segments.size() * fileClass().programHeaderSize;
  uint64_t end = begin + count * fileClass().programHeaderSize;
  std::vector<Evicted> movable;
  for (const Elf::Phdr &segment : segments)
    if (segment.p_filesz != 0 && segment.p_offset >= begin &&
        (segment.p_type == PT_INTERP || segment.p_type == PT_NOTE ||
         segment.p_type == PT_GNU_PROPERTY))
      movable.push_back({segment.p_offset, segment.p_filesz,
                         std::max<uint64_t>(segment.p_align, 1), 0});
  for (const Elf::Shdr &section : headers)
    if (section.sh_offset >= begin)
      if (uint64_t field = findPointer(*this, section))
        movable.push_back({section.sh_offset, section.sh_size,
                           std::max<uint64_t>(section.sh_addralign, 1), field});
  llvm::sort(movable, [](const Evicted &a, const Evicted &b) {
    return std::tuple(a.offset, b.size) < std::tuple(b.offset, a.size);
  });
  std::vector<Evicted> room;
  for (const Evicted &range : movable) {
    if (range.offset >= end)
      break;
    if (range.alignment > kPage)
      return std::nullopt;
    if (!room.empty() && range.offset < room.back().offset + room.back().size) {
      // A note inside the notes.
      if (range.offset + range.size > room.back().offset + room.back().size)
        return std::nullopt;
      continue;
    }
    room.push_back(range);
  }
  // Nothing else may be in the way.
  for (const Elf::Shdr &section : headers) {
    if (section.sh_type == SHT_NOBITS || section.sh_size == 0 ||
        section.sh_offset >= end ||
        section.sh_offset + section.sh_size <= begin)
      continue;
    if (none_of(room, [&](const Evicted &range) {
          return section.sh_offset >= range.offset &&
                 section.sh_offset + section.sh_size <=
                     range.offset + range.size;
        }))
      return std::nullopt;
  }
  auto first = find_if(segments, [](const Elf::Phdr &segment) {
    return segment.p_type == PT_LOAD;
  });
  if (first == segments.end() || first->p_offset != 0 ||
      first->p_filesz < end || headers.empty())
    return std::nullopt;
  return room;
}

} // namespace hotpad::elf
