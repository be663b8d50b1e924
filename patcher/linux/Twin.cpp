//===- Twin.cpp -----------------------------------------------------------===//

#include "patcher/linux/Twin.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/CRC.h"

using namespace llvm;
using namespace llvm::object;

namespace hotpad::live {

namespace {

using File = ELFFile<ELF64LE>;

struct NamedSection {
  const File::Elf_Shdr *header;
  StringRef name;
  ArrayRef<uint8_t> bytes; ///< Empty for what has none in the file.

  bool isCode() const {
    return (header->sh_flags & ELF::SHF_ALLOC) &&
           (header->sh_flags & ELF::SHF_EXECINSTR);
  }
  bool contains(const File::Elf_Shdr &other) const {
    return other.sh_addr >= header->sh_addr &&
           other.sh_size <= header->sh_size &&
           other.sh_addr - header->sh_addr <= header->sh_size - other.sh_size;
  }
};

/// What cannot be read proves nothing.
template <typename T> T valueOr(Expected<T> value, T instead) {
  if (value)
    return *value;
  consumeError(value.takeError());
  return instead;
}

std::vector<NamedSection> sectionsOf(const File &file) {
  std::vector<NamedSection> result;
  for (const File::Elf_Shdr &header : valueOr(file.sections(), {})) {
    NamedSection section{&header, valueOr(file.getSectionName(header), {}), {}};
    if (header.sh_type != ELF::SHT_NOBITS)
      section.bytes = valueOr(file.getSectionContents(header), {});
    result.push_back(section);
  }
  return result;
}

/// A separate file's program headers may tell of contents that it has not, so
/// sections come first.
ArrayRef<uint8_t> buildId(const File &file) {
  ArrayRef<uint8_t> id;
  auto look = [&](const auto &place) {
    Error error = Error::success();
    for (auto note : file.notes(place, error))
      if (note.getType() == ELF::NT_GNU_BUILD_ID && note.getName() == "GNU" &&
          id.empty())
        id = note.getDesc(4);
    consumeError(std::move(error));
  };
  for (const File::Elf_Shdr &section : valueOr(file.sections(), {}))
    if (section.sh_type == ELF::SHT_NOTE)
      look(section);
  for (const File::Elf_Phdr &segment : valueOr(file.program_headers(), {}))
    if (id.empty() && segment.p_type == ELF::PT_NOTE)
      look(segment);
  return id;
}

/// Equal, or one is what a rewrite of the other would get: so that each 8 bytes
/// differ in the same way, which IDs of no more than that cannot prove.
bool areOfOneBuild(ArrayRef<uint8_t> one, ArrayRef<uint8_t> other) {
  constexpr size_t kPeriod = 8;
  if (one == other)
    return true;
  if (one.size() != other.size() || one.size() < 2 * kPeriod)
    return false;
  for (size_t i = kPeriod; i != one.size(); ++i)
    if ((one[i] ^ other[i]) != (one[i - kPeriod] ^ other[i - kPeriod]))
      return false;
  return true;
}

/// .gnu_debuglink: a name, its end and zeros up to a multiple of 4, a checksum.
bool namesChecksumOf(const File &stripped, const File &file) {
  constexpr size_t kSize = sizeof(uint32_t);
  for (const NamedSection &section : sectionsOf(stripped))
    if (section.name == ".gnu_debuglink" && section.bytes.size() > kSize)
      return support::endian::read32le(section.bytes.take_back(kSize).data()) ==
             crc32(ArrayRef(file.base(), file.getBufSize()));
  return false;
}

/// All that is loaded is at the same place in both, and code, as far as \p file
/// has it, is the same.
bool isLoadedAlike(const File &file, const File &stripped) {
  auto loaded = [](const File &of) {
    std::vector<NamedSection> sections = sectionsOf(of);
    erase_if(sections, [](const NamedSection &section) {
      return !(section.header->sh_flags & ELF::SHF_ALLOC);
    });
    return sections;
  };
  std::vector<NamedSection> ours = loaded(file), theirs = loaded(stripped);
  return !ours.empty() &&
         llvm::equal(
             ours, theirs, [](const NamedSection &a, const NamedSection &b) {
               return a.name == b.name &&
                      a.header->sh_addr == b.header->sh_addr &&
                      a.header->sh_size == b.header->sh_size &&
                      (!a.isCode() || a.bytes.empty() || a.bytes == b.bytes);
             });
}

/// Whether the code of \p file is where it was. (Who dropped the section
/// headers may have got others since, of larger sections.)
bool isCodeInPlace(const File &file, const File &stripped) {
  std::vector<NamedSection> theirs = sectionsOf(stripped);
  return all_of(sectionsOf(file), [&](const NamedSection &ours) {
    auto isSame = [&](const NamedSection &other) {
      return other.isCode() && other.name == ours.name;
    };
    return !ours.isCode() || none_of(theirs, isSame) ||
           any_of(theirs, [&](const NamedSection &other) {
             return isSame(other) && other.contains(*ours.header);
           });
  });
}

} // namespace

Kinship kinshipOf(const File &file, const File &stripped) {
  if (file.getHeader().e_machine != stripped.getHeader().e_machine)
    return Kinship::None;
  ArrayRef<uint8_t> ours = buildId(file), theirs = buildId(stripped);
  bool isProved = !ours.empty() && !theirs.empty()
                      ? areOfOneBuild(ours, theirs)
                      : namesChecksumOf(stripped, file);
  if (isProved)
    return isCodeInPlace(file, stripped) ? Kinship::Twin : Kinship::Moved;
  return ours.empty() && theirs.empty() && isLoadedAlike(file, stripped)
             ? Kinship::Twin
             : Kinship::None;
}

std::string buildIdOf(const File &file) {
  return toHex(buildId(file), /*LowerCase=*/true);
}

} // namespace hotpad::live
