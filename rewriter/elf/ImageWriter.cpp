//===- ImageWriter.cpp - a linked image with new sections -----------------===//
//
// New sections go behind the last address, grouped by permission, each group
// one more PT_LOAD. The table of program headers stands behind the file header
// and has no room to grow:
//
//     ELF header | program headers | .interp | notes | .gnu.hash | .dynsym ...
//
// Moving it elsewhere in the file works with Linux 5.18 and later only (older
// kernels compute its address from its file offset, fs/binfmt_elf.c). So what
// stands behind it makes room instead: the interpreter's name, notes, hash
// tables, dynamic symbols and relocations are found by pointers alone, and go
// to the new read-only segment. An executable at a fixed address with nothing
// to move gets a page in front.
//
// Format: gABI chapter 5. What decides in doubt is glibc's elf/dl-load.c.
//
//===----------------------------------------------------------------------===//

#include "rewriter/core/Bytes.h"
#include "rewriter/elf/Image.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"
#include <set>

using namespace llvm;
using namespace llvm::ELF;

namespace hotpad::elf {

namespace {

/// Where a segment lies, in memory.
void setAddress(Elf::Phdr &segment, uint64_t address) {
  segment.p_vaddr = address;
  segment.p_paddr = address;
}

void setSize(Elf::Phdr &segment, uint64_t size) {
  segment.p_filesz = size;
  segment.p_memsz = size;
}

constexpr uint64_t kPage = 0x1000;
constexpr size_t kLoads = 3; ///< New ones: code, tables, slots.
constexpr size_t kNoteHeader = 12;
using Bytes = std::vector<uint8_t>;

class ImageWriter {
public:
  ImageWriter(const Object &object, ImageChanges &changes)
      : object(object), binary(object.binary), changes(changes),
        fileClass(object.fileClass()), header(object.header),
        segments(object.segments), sections(object.headers) {
    for (const NewSection &section : changes.sections)
      sizes.push_back(section.size());
  }

  Expected<FileBytes> write();

private:
  struct Group {
    size_t first, last; ///< In changes.sections.
  };

  void applyPatches();
  std::vector<Group> groups() const;
  Error makeRoom(size_t count);
  Error prependPage(uint64_t size);
  void addSegment(const Group &group);
  void addSectionHeaders();
  void moveEvicted();
  uint64_t hashChanges() const;
  void renewBuildId(uint64_t hash);
  void writeTables();

  const Object &object;
  const Binary &binary;
  ImageChanges &changes;
  const Class &fileClass;
  Elf::Ehdr header;
  std::vector<Elf::Phdr> segments;
  std::vector<Elf::Shdr> sections;
  FileBytes out;
  std::vector<Elf::Phdr> loads;      ///< The new ones.
  std::vector<uint64_t> sizes;       ///< Of changes.sections.
  std::vector<uint64_t> fileOffsets; ///< Of changes.sections.
  std::vector<Evicted> evicted;
  uint64_t evictedAddress = 0, evictedOffset = 0;
};

void ImageWriter::applyPatches() {
  for (const Patch &patch : changes.patches)
    out.write(sections[patch.section].sh_offset + patch.offset, patch.bytes());
}

std::vector<ImageWriter::Group> ImageWriter::groups() const {
  std::vector<Group> result;
  for (size_t i = 0; i != changes.sections.size(); ++i) {
    const NewSection &section = changes.sections[i];
    if (i != 0 && changes.sections[i - 1].executable == section.executable &&
        changes.sections[i - 1].writable == section.writable)
      result.back().last = i;
    else
      result.push_back({i, i});
  }
  return result;
}

/// Puts \p size bytes before the first segment of an executable that has a
/// fixed address. Everything else keeps its address and moves in the file.
Error ImageWriter::prependPage(uint64_t size) {
  auto first = find_if(segments, [](const Elf::Phdr &segment) {
    return segment.p_type == PT_LOAD;
  });
  if (header.e_type != ET_EXEC || first == segments.end() ||
      first->p_offset != 0 || first->p_vaddr < size + 0x10000)
    return errorIn(binary, "there is no room for more program headers");
  Bytes page(static_cast<size_t>(size), 0);
  llvm::copy(object.file.take_front(fileClass.headerSize), page.begin());
  out.prepend(std::move(page));
  for (Elf::Phdr &segment : segments) {
    if (&segment == &*first) {
      setAddress(segment, segment.p_vaddr - size);
      segment.p_filesz = segment.p_filesz + size;
      segment.p_memsz = segment.p_memsz + size;
    } else if (segment.p_type == PT_PHDR) {
      setAddress(segment, segment.p_vaddr - size);
    } else if (segment.p_filesz != 0 || segment.p_offset != 0) {
      segment.p_offset = segment.p_offset + size;
    }
  }
  for (Elf::Shdr &section : drop_begin(sections))
    section.sh_offset = section.sh_offset + size;
  header.e_shoff = header.e_shoff == 0 ? 0 : header.e_shoff + size;
  return Error::success();
}

/// Makes room for \p count more program headers.
Error ImageWriter::makeRoom(size_t count) {
  uint64_t end =
      header.e_phoff + (segments.size() + count) * fileClass.programHeaderSize;
  std::optional<std::vector<Evicted>> room = object.findRoom(count);
  if (!room) {
    uint64_t alignment = kPage;
    for (const Elf::Phdr &segment : segments)
      if (segment.p_type == PT_LOAD)
        alignment = std::max<uint64_t>(alignment, segment.p_align);
    return prependPage(alignTo(end, alignment));
  }
  evicted = std::move(*room);
  return Error::success();
}

void ImageWriter::addSegment(const Group &group) {
  const NewSection &first = changes.sections[group.first];
  const NewSection &last = changes.sections[group.last];
  out.padTo(alignTo(out.size(), kPage));
  Elf::Phdr load = {};
  load.p_type = PT_LOAD;
  load.p_flags = PF_R | (first.executable ? uint32_t(PF_X) : 0) |
                 (first.writable ? uint32_t(PF_W) : 0);
  load.p_offset = out.size();
  setAddress(load, first.address);
  load.p_align = kPage;
  uint64_t start = out.size();
  for (size_t i = group.first; i <= group.last; ++i) {
    NewSection &section = changes.sections[i];
    uint64_t offset = start + (section.address - first.address);
    fileOffsets.push_back(offset);
    if (section.bytes.empty())
      continue;
    out.padTo(offset);
    out.append(std::move(section.bytes));
  }
  bool isTables = !first.executable && !first.writable;
  uint64_t end = last.address + sizes[group.last];
  if (isTables && !evicted.empty()) {
    evictedAddress = end;
    evictedOffset = start + (end - first.address);
    uint64_t moved = evictedEnd(evicted, end) - end;
    out.padTo(evictedOffset + moved);
    end += moved;
  }
  load.p_filesz = last.zeroes != 0 ? 0 : out.size() - start;
  load.p_memsz = end - first.address;
  loads.push_back(load);
}

/// Copies what made room, and leads there what pointed to it.
void ImageWriter::moveEvicted() {
  uint64_t address = evictedAddress;
  for (const Evicted &range : evicted) {
    address = alignTo(address, range.alignment);
    uint64_t offset = evictedOffset + (address - evictedAddress);
    out.write(offset, out.read(range.offset, range.size));
    auto isIn = [&](uint64_t at, uint64_t size) {
      return at >= range.offset && at + size <= range.offset + range.size;
    };
    for (Elf::Phdr &segment : segments)
      if (segment.p_type != PT_LOAD && segment.p_type != PT_PHDR &&
          segment.p_filesz != 0 && isIn(segment.p_offset, segment.p_filesz)) {
        setAddress(segment, address + (segment.p_offset - range.offset));
        segment.p_offset = offset + (segment.p_offset - range.offset);
      }
    for (size_t i = 1; i < sections.size(); ++i)
      if ((sections[i].sh_flags & SHF_ALLOC) &&
          sections[i].sh_type != SHT_NOBITS &&
          isIn(object.headers[i].sh_offset, sections[i].sh_size)) {
        sections[i].sh_addr =
            address + (object.headers[i].sh_offset - range.offset);
        sections[i].sh_offset =
            offset + (object.headers[i].sh_offset - range.offset);
      }
    if (range.dynamicField != 0) {
      Bytes field;
      appendFixed(field, address, fileClass.word);
      out.write(range.dynamicField, field);
    }
    address += range.size;
  }
}

void ImageWriter::addSectionHeaders() {
  if (sections.empty())
    return;
  for (SectionIndex emptied : changes.emptied)
    sections[emptied].sh_size = 0;
  // Names go to a longer copy of the table.
  Bytes names = binary.sections[object.nameTable].bytes.vec();
  for (size_t i = 0; i != changes.sections.size(); ++i) {
    const NewSection &section = changes.sections[i];
    if (section.replaces != 0) {
      Elf::Shdr &replaced = sections[section.replaces];
      replaced.sh_addr = section.address;
      replaced.sh_offset = fileOffsets[i];
      replaced.sh_size = sizes[i];
      continue;
    }
    Elf::Shdr added = {};
    added.sh_name = static_cast<uint32_t>(names.size());
    names.insert(names.end(), section.name.begin(), section.name.end());
    names.push_back(0);
    added.sh_type = section.zeroes != 0 ? SHT_NOBITS : SHT_PROGBITS;
    added.sh_flags = SHF_ALLOC |
                     (section.executable ? uint64_t(SHF_EXECINSTR) : 0) |
                     (section.writable ? uint64_t(SHF_WRITE) : 0);
    added.sh_addr = section.address;
    added.sh_offset = fileOffsets[i];
    added.sh_size = sizes[i];
    added.sh_addralign = section.alignment;
    sections.push_back(added);
  }
  Elf::Shdr &table = sections[object.nameTable];
  table.sh_offset = out.size();
  table.sh_size = names.size();
  out.append(std::move(names));
  out.padTo(alignTo(out.size(), fileClass.word));
  header.e_shoff = out.size();
  header.e_shnum = static_cast<uint16_t>(sections.size());
  Bytes headers(sections.size() * fileClass.sectionHeaderSize, 0);
  for (size_t i = 0; i != sections.size(); ++i)
    fileClass.writeSectionHeader(
        headers.data() + i * fileClass.sectionHeaderSize, sections[i]);
  out.append(std::move(headers));
}

/// Of what is new. All other changes follow from it.
uint64_t ImageWriter::hashChanges() const {
  uint64_t hash = 0;
  for (const NewSection &section : changes.sections)
    for (uint64_t part :
         {section.address, section.size(), xxh3_64bits(section.bytes)})
      hash = 31 * hash + part;
  return hash;
}

/// Patches made for the old file must not be taken for this one's.
void ImageWriter::renewBuildId(uint64_t hash) {
  std::set<uint64_t> renewed; // notes may be told of twice
  for (const Elf::Phdr &segment : segments) {
    if (segment.p_type != PT_NOTE || segment.p_offset > out.size() ||
        segment.p_filesz > out.size() - segment.p_offset)
      continue;
    Bytes notes = out.read(segment.p_offset, segment.p_filesz);
    uint64_t at = 0;
    while (notes.size() - at >= kNoteHeader) {
      uint64_t nameSize = support::endian::read32le(notes.data() + at);
      uint64_t size = support::endian::read32le(notes.data() + at + 4);
      uint32_t type = support::endian::read32le(notes.data() + at + 8);
      uint64_t name = at + kNoteHeader, data = name + alignTo(nameSize, 4);
      if (data > notes.size() || size > notes.size() - data)
        break;
      if (type == NT_GNU_BUILD_ID && nameSize == 4 &&
          toStringRef(ArrayRef(notes)).substr(name, 3) == "GNU" &&
          renewed.insert(segment.p_offset + data).second) {
        Bytes id(size);
        for (uint64_t i = 0; i != size; ++i)
          id[i] = notes[data + i] ^ static_cast<uint8_t>(hash >> (8 * (i % 8)));
        out.write(segment.p_offset + data, id);
      }
      at = std::min<uint64_t>(data + alignTo(size, 4), notes.size());
    }
  }
}

void ImageWriter::writeTables() {
  auto last = std::find_if(
      segments.rbegin(), segments.rend(),
      [](const Elf::Phdr &segment) { return segment.p_type == PT_LOAD; });
  segments.insert(last.base(), loads.begin(), loads.end());
  bool hasHeader = any_of(changes.sections, [](const NewSection &section) {
    return section.name == ".eh_frame_hdr";
  });
  if (object.newSegments() > kLoads && hasHeader) {
    Elf::Phdr unwinding = {};
    unwinding.p_type = PT_GNU_EH_FRAME;
    unwinding.p_flags = PF_R;
    unwinding.p_align = 4;
    segments.push_back(unwinding);
  }
  for (Elf::Phdr &segment : segments) {
    if (segment.p_type == PT_PHDR)
      setSize(segment, segments.size() * fileClass.programHeaderSize);
    if (segment.p_type == PT_GNU_EH_FRAME)
      for (size_t i = 0; i != changes.sections.size(); ++i)
        if (changes.sections[i].name == ".eh_frame_hdr") {
          segment.p_offset = fileOffsets[i];
          setAddress(segment, changes.sections[i].address);
          setSize(segment, sizes[i]);
        }
  }
  header.e_phnum = static_cast<uint16_t>(segments.size());
  if (changes.entryPoint != 0)
    header.e_entry = changes.entryPoint;
  Bytes bytes(fileClass.headerSize, 0);
  fileClass.writeHeader(bytes.data(), header);
  out.write(0, bytes);
  bytes.assign(segments.size() * fileClass.programHeaderSize, 0);
  for (size_t i = 0; i != segments.size(); ++i)
    fileClass.writeProgramHeader(bytes.data() + i * fileClass.programHeaderSize,
                                 segments[i]);
  out.write(header.e_phoff, bytes);
}

Expected<FileBytes> ImageWriter::write() {
  uint64_t hash = hashChanges();
  out.appendOld(object.file);
  applyPatches();
  // The table of section headers is written anew, behind everything.
  uint64_t tableEnd =
      header.e_shoff + sections.size() * fileClass.sectionHeaderSize;
  if (header.e_shoff != 0 && tableEnd == out.size())
    out.truncate(header.e_shoff);
  std::vector<Group> all = groups();
  if (Error error = makeRoom(object.newSegments()))
    return error;
  for (const Group &group : all)
    addSegment(group);
  moveEvicted();
  addSectionHeaders();
  writeTables();
  renewBuildId(hash);
  return std::move(out);
}

} // namespace

Expected<FileBytes> Object::writeImage(ImageChanges &changes) const {
  return ImageWriter(*this, changes).write();
}

} // namespace hotpad::elf
