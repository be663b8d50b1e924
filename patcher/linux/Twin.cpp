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

template <typename Type> struct NamedSection {
  const typename Type::Shdr *header;
  StringRef name;
  ArrayRef<uint8_t> bytes; ///< Empty for what has none in the file.

  bool isCode() const {
    return (header->sh_flags & ELF::SHF_ALLOC) &&
           (header->sh_flags & ELF::SHF_EXECINSTR);
  }
  bool contains(const typename Type::Shdr &other) const {
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

template <typename Type>
std::vector<NamedSection<Type>> sectionsOf(const ELFFile<Type> &file) {
  std::vector<NamedSection<Type>> result;
  for (const typename Type::Shdr &header : valueOr(file.sections(), {})) {
    NamedSection<Type> section{
        &header, valueOr(file.getSectionName(header), {}), {}};
    if (header.sh_type != ELF::SHT_NOBITS)
      section.bytes = valueOr(file.getSectionContents(header), {});
    result.push_back(section);
  }
  return result;
}

/// A separate file's program headers may tell of contents that it has not, so
/// sections come first.
template <typename Type> ArrayRef<uint8_t> buildId(const ELFFile<Type> &file) {
  ArrayRef<uint8_t> id;
  auto look = [&](const auto &place) {
    Error error = Error::success();
    for (auto note : file.notes(place, error))
      if (note.getType() == ELF::NT_GNU_BUILD_ID && note.getName() == "GNU" &&
          id.empty())
        id = note.getDesc(4);
    consumeError(std::move(error));
  };
  for (const typename Type::Shdr &section : valueOr(file.sections(), {}))
    if (section.sh_type == ELF::SHT_NOTE)
      look(section);
  for (const typename Type::Phdr &segment : valueOr(file.program_headers(), {}))
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
template <typename Type>
bool namesChecksumOf(const ELFFile<Type> &stripped, const ELFFile<Type> &file) {
  constexpr size_t kSize = sizeof(uint32_t);
  for (const NamedSection<Type> &section : sectionsOf(stripped))
    if (section.name == ".gnu_debuglink" && section.bytes.size() > kSize)
      return support::endian::read32le(section.bytes.take_back(kSize).data()) ==
             crc32(ArrayRef(file.base(), file.getBufSize()));
  return false;
}

/// All that is loaded is at the same place in both, and code, as far as \p file
/// has it, is the same.
template <typename Type>
bool isLoadedAlike(const ELFFile<Type> &file, const ELFFile<Type> &stripped) {
  auto loaded = [](const ELFFile<Type> &of) {
    std::vector<NamedSection<Type>> sections = sectionsOf(of);
    erase_if(sections, [](const NamedSection<Type> &section) {
      return !(section.header->sh_flags & ELF::SHF_ALLOC);
    });
    return sections;
  };
  std::vector<NamedSection<Type>> ours = loaded(file),
                                  theirs = loaded(stripped);
  return !ours.empty() &&
         llvm::equal(
             ours, theirs,
             [](const NamedSection<Type> &a, const NamedSection<Type> &b) {
               return a.name == b.name &&
                      a.header->sh_addr == b.header->sh_addr &&
                      a.header->sh_size == b.header->sh_size &&
                      (!a.isCode() || a.bytes.empty() || a.bytes == b.bytes);
             });
}

/// Whether the code of \p file is where it was. (Who dropped the section
/// headers may have got others since, of larger sections.)
template <typename Type>
bool isCodeInPlace(const ELFFile<Type> &file, const ELFFile<Type> &stripped) {
  std::vector<NamedSection<Type>> theirs = sectionsOf(stripped);
  return all_of(sectionsOf(file), [&](const NamedSection<Type> &ours) {
    auto isSame = [&](const NamedSection<Type> &other) {
      return other.isCode() && other.name == ours.name;
    };
    return !ours.isCode() || none_of(theirs, isSame) ||
           any_of(theirs, [&](const NamedSection<Type> &other) {
             return isSame(other) && other.contains(*ours.header);
           });
  });
}

} // namespace

template <typename Type>
Kinship kinshipOf(const ELFFile<Type> &file, const ELFFile<Type> &stripped) {
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

template <typename Type> std::string buildIdOf(const ELFFile<Type> &file) {
  return toHex(buildId(file), /*LowerCase=*/true);
}

template Kinship kinshipOf(const ELFFile<ELF32LE> &, const ELFFile<ELF32LE> &);
template Kinship kinshipOf(const ELFFile<ELF64LE> &, const ELFFile<ELF64LE> &);
template std::string buildIdOf(const ELFFile<ELF32LE> &);
template std::string buildIdOf(const ELFFile<ELF64LE> &);

} // namespace hotpad::live
