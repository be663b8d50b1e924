//===- Class.h - 32-bit structures in 64-bit terms --------------*- C++ -*-===//
//
// ELF comes in two classes whose structures hold the same fields in other
// widths and orders (gABI chapter 4). The reader and the writer know only the
// 64-bit ones; this is where those of a 32-bit file become such, and go back.
// The alternative, templates over the class, would compile all of both twice.
//
// Relocations of i386 are SHT_REL: the addend stands in the field, so reading
// and writing one leaves r_addend alone.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_ELF_CLASS_H
#define HOTPAD_REWRITER_ELF_CLASS_H

#include "rewriter/core/Arch.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Object/ELFTypes.h"
#include <vector>

namespace hotpad::elf {

using Elf = llvm::object::ELF64LE;

/// What the structures of one class look like in the file.
struct Class {
  const char *relocationPrefix; ///< Of the names of relocation sections.
  uint32_t relocationType;      ///< SHT_REL or SHT_RELA.
  uint8_t word;                 ///< Bytes of an address.
  uint8_t headerSize, sectionHeaderSize, symbolSize, relocationSize;
  uint8_t compressionHeaderSize, programHeaderSize;

  bool is64() const { return word == 8; }

  // Each reads or writes exactly one structure of the size above.
  Elf::Ehdr readHeader(const uint8_t *at) const;
  void writeHeader(uint8_t *at, const Elf::Ehdr &header) const;
  Elf::Shdr readSectionHeader(const uint8_t *at) const;
  void writeSectionHeader(uint8_t *at, const Elf::Shdr &header) const;
  Elf::Phdr readProgramHeader(const uint8_t *at) const;
  void writeProgramHeader(uint8_t *at, const Elf::Phdr &header) const;
  Elf::Sym readSymbol(const uint8_t *at) const;
  void writeSymbol(uint8_t *at, const Elf::Sym &symbol) const;
  Elf::Rela readRelocation(const uint8_t *at) const;
  void writeRelocation(uint8_t *at, const Elf::Rela &relocation) const;
  /// Size of the uncompressed contents.
  uint64_t readUncompressedSize(const uint8_t *at) const;
};

const Class &classOf(Arch arch);

} // namespace hotpad::elf

#endif
