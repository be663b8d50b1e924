//===- Object.h - an ELF file, read -----------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_ELF_OBJECT_H
#define HOTPAD_REWRITER_ELF_OBJECT_H

#include "rewriter/core/Binary.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace hotpad::elf {

using Elf = llvm::object::ELF64LE;

/// The neutral view, and beside it what the writer needs to put every byte
/// back where it was. The input's buffer must outlive it.
struct Object {
  Binary binary;
  llvm::ArrayRef<uint8_t> file;
  const Elf::Ehdr *header = nullptr;
  llvm::ArrayRef<Elf::Shdr> headers;       ///< By section index.
  SectionIndex symbolTable = 0;            ///< 0: none.
  SectionIndex symbolIndexTable = 0;       ///< SHT_SYMTAB_SHNDX; 0: none.
  SectionIndex nameTable = 0;              ///< .shstrtab.
  std::vector<SectionIndex> relocationsOf; ///< By section: its SHT_RELA, or 0.
  std::vector<SectionIndex> groupOf;       ///< By section: its SHT_GROUP, or 0.

  llvm::ArrayRef<Elf::Sym> rawSymbols() const;
};

/// Reads an x86-64 relocatable object. Every header field, section, symbol
/// and relocation is checked; \p name is used in messages.
llvm::Expected<Object> readObject(llvm::ArrayRef<uint8_t> file,
                                  std::string name);

/// Reads an x86-64 executable or shared library for `check`.
llvm::Expected<Object> readImage(llvm::ArrayRef<uint8_t> file,
                                 std::string name);

} // namespace hotpad::elf

#endif
