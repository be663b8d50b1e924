//===- Class.cpp ----------------------------------------------------------===//

#include "rewriter/elf/Class.h"
#include "llvm/BinaryFormat/ELF.h"
#include <cstring>

using namespace llvm;

namespace hotpad::elf {

namespace {

using Elf32 = object::ELF32LE;

template <class T> T load(const uint8_t *at) {
  T value;
  memcpy(&value, at, sizeof(T));
  return value;
}

template <class T> void store(uint8_t *at, const T &value) {
  memcpy(at, &value, sizeof(T));
}

/// The fields of both classes of a structure are named alike.
template <class To, class From> To convertHeader(const From &from) {
  To to = {};
  memcpy(to.e_ident, from.e_ident, sizeof(to.e_ident));
  to.e_type = from.e_type;
  to.e_machine = from.e_machine;
  to.e_version = from.e_version;
  to.e_entry = static_cast<decltype(to.e_entry.value())>(from.e_entry);
  to.e_phoff = static_cast<decltype(to.e_phoff.value())>(from.e_phoff);
  to.e_shoff = static_cast<decltype(to.e_shoff.value())>(from.e_shoff);
  to.e_flags = from.e_flags;
  to.e_ehsize = from.e_ehsize;
  to.e_phentsize = from.e_phentsize;
  to.e_phnum = from.e_phnum;
  to.e_shentsize = from.e_shentsize;
  to.e_shnum = from.e_shnum;
  to.e_shstrndx = from.e_shstrndx;
  return to;
}

template <class To, class From> To convertSectionHeader(const From &from) {
  To to = {};
  using Word = decltype(to.sh_size.value());
  to.sh_name = from.sh_name;
  to.sh_type = from.sh_type;
  to.sh_flags = static_cast<Word>(from.sh_flags);
  to.sh_addr = static_cast<Word>(from.sh_addr);
  to.sh_offset = static_cast<Word>(from.sh_offset);
  to.sh_size = static_cast<Word>(from.sh_size);
  to.sh_link = from.sh_link;
  to.sh_info = from.sh_info;
  to.sh_addralign = static_cast<Word>(from.sh_addralign);
  to.sh_entsize = static_cast<Word>(from.sh_entsize);
  return to;
}

template <class To, class From> To convertProgramHeader(const From &from) {
  To to = {};
  using Word = decltype(to.p_filesz.value());
  to.p_type = from.p_type;
  to.p_flags = from.p_flags;
  to.p_offset = static_cast<Word>(from.p_offset);
  to.p_vaddr = static_cast<Word>(from.p_vaddr);
  to.p_paddr = static_cast<Word>(from.p_paddr);
  to.p_filesz = static_cast<Word>(from.p_filesz);
  to.p_memsz = static_cast<Word>(from.p_memsz);
  to.p_align = static_cast<Word>(from.p_align);
  return to;
}

template <class To, class From> To convertSymbol(const From &from) {
  To to = {};
  using Word = decltype(to.st_value.value());
  to.st_name = from.st_name;
  to.st_info = from.st_info;
  to.st_other = from.st_other;
  to.st_shndx = from.st_shndx;
  to.st_value = static_cast<Word>(from.st_value);
  to.st_size = static_cast<Word>(from.st_size);
  return to;
}

} // namespace

Elf::Ehdr Class::readHeader(const uint8_t *at) const {
  return is64() ? load<Elf::Ehdr>(at)
                : convertHeader<Elf::Ehdr>(load<Elf32::Ehdr>(at));
}

void Class::writeHeader(uint8_t *at, const Elf::Ehdr &header) const {
  if (is64())
    store(at, header);
  else
    store(at, convertHeader<Elf32::Ehdr>(header));
}

Elf::Shdr Class::readSectionHeader(const uint8_t *at) const {
  return is64() ? load<Elf::Shdr>(at)
                : convertSectionHeader<Elf::Shdr>(load<Elf32::Shdr>(at));
}

void Class::writeSectionHeader(uint8_t *at, const Elf::Shdr &header) const {
  if (is64())
    store(at, header);
  else
    store(at, convertSectionHeader<Elf32::Shdr>(header));
}

Elf::Phdr Class::readProgramHeader(const uint8_t *at) const {
  return is64() ? load<Elf::Phdr>(at)
                : convertProgramHeader<Elf::Phdr>(load<Elf32::Phdr>(at));
}

void Class::writeProgramHeader(uint8_t *at, const Elf::Phdr &header) const {
  if (is64())
    store(at, header);
  else
    store(at, convertProgramHeader<Elf32::Phdr>(header));
}

Elf::Sym Class::readSymbol(const uint8_t *at) const {
  return is64() ? load<Elf::Sym>(at)
                : convertSymbol<Elf::Sym>(load<Elf32::Sym>(at));
}

void Class::writeSymbol(uint8_t *at, const Elf::Sym &symbol) const {
  if (is64())
    store(at, symbol);
  else
    store(at, convertSymbol<Elf32::Sym>(symbol));
}

Elf::Rela Class::readRelocation(const uint8_t *at) const {
  if (is64())
    return load<Elf::Rela>(at);
  auto raw = load<Elf32::Rel>(at);
  Elf::Rela relocation = {};
  relocation.r_offset = raw.r_offset;
  relocation.setSymbolAndType(raw.getSymbol(false), raw.getType(false), false);
  return relocation;
}

void Class::writeRelocation(uint8_t *at, const Elf::Rela &relocation) const {
  if (is64())
    return store(at, relocation);
  Elf32::Rel raw = {};
  raw.r_offset = static_cast<uint32_t>(relocation.r_offset);
  raw.setSymbolAndType(relocation.getSymbol(false),
                       static_cast<uint8_t>(relocation.getType(false)), false);
  store(at, raw);
}

uint64_t Class::readUncompressedSize(const uint8_t *at) const {
  return is64() ? uint64_t(load<Elf::Chdr>(at).ch_size)
                : uint64_t(load<Elf32::Chdr>(at).ch_size);
}

const Class &classOf(Arch arch) {
  static constexpr Class k64 = {
      ".rela",           ELF::SHT_RELA,     8,
      sizeof(Elf::Ehdr), sizeof(Elf::Shdr), sizeof(Elf::Sym),
      sizeof(Elf::Rela), sizeof(Elf::Chdr), sizeof(Elf::Phdr)};
  static constexpr Class k32 = {".rel",
                                ELF::SHT_REL,
                                4,
                                sizeof(Elf32::Ehdr),
                                sizeof(Elf32::Shdr),
                                sizeof(Elf32::Sym),
                                sizeof(Elf32::Rel),
                                sizeof(Elf32::Chdr),
                                sizeof(Elf32::Phdr)};
  return arch == Arch::X86_64 ? k64 : k32;
}

} // namespace hotpad::elf
