//===- Object.h - an ELF file, read -----------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_ELF_OBJECT_H
#define HOTPAD_REWRITER_ELF_OBJECT_H

#include "rewriter/core/Content.h"
#include "rewriter/core/ObjectFile.h"
#include "rewriter/elf/Class.h"
#include <memory>
#include <optional>

namespace hotpad::elf {

/// A piece of the file behind the program headers that can be moved.
struct Evicted {
  uint64_t offset = 0, size = 0; ///< In the file.
  uint64_t alignment = 1;
  uint64_t dynamicField = 0; ///< File offset of the pointer to it; 0: none.
};

/// Relocations of one section that the link left in the image.
struct KeptTable {
  std::vector<uint32_t> rows;    ///< Of Section::relocations, in the table.
  std::vector<uint64_t> fields;  ///< Offsets of all fields. Ascending.
  std::vector<uint64_t> agreed;  ///< Of those in Section::relocations. Same.
  std::vector<uint64_t> unknown; ///< Of those to be understood by decoding.
};

/// The neutral view, and beside it what the writer needs to put every byte
/// back where it was. The input's buffer must outlive it.
struct Object : ObjectFile {
  Elf::Ehdr header = {};
  std::vector<Elf::Shdr> headers;          ///< By section index.
  SectionIndex symbolTable = 0;            ///< 0: none.
  SectionIndex symbolIndexTable = 0;       ///< SHT_SYMTAB_SHNDX; 0: none.
  SectionIndex nameTable = 0;              ///< .shstrtab.
  std::vector<SectionIndex> relocationsOf; ///< By section: its table, or 0.
  std::vector<SectionIndex> groupOf;       ///< By section: its SHT_GROUP, or 0.

  std::vector<Elf::Phdr> segments; ///< Of an image.
  std::vector<uint8_t> madeNames;  ///< Of sections that were made for an image.
  std::vector<KeptTable> kept;     ///< Of a linked object: by section.

  std::optional<std::vector<Evicted>> findRoom(size_t count) const;
  /// Program headers of a rewritten image that it has not yet: for code, tables
  /// and slots, and one that leads unwinders to their search table.
  size_t newSegments() const;
  /// How the structures of this file are laid out.
  const Class &fileClass() const { return classOf(binary.arch); }
  /// How many entries of \p size bytes section \p table has; fails when its
  /// header says another size, or the last one is cut off.
  llvm::Expected<size_t> countEntries(SectionIndex table, size_t size) const;
  bool isDebug(SectionIndex section) const;

  llvm::Error refuseDebug() const override;
  std::vector<bool> dropDebug() override;
  PatchLists readLists() const override;
  llvm::Expected<std::vector<uint8_t>>
  write(const Changes &changes) const override;
  llvm::Error refuseImage() const override;
  llvm::Error takeApart() override;
  llvm::ArrayRef<uint8_t> loadedBytes(uint64_t address,
                                      uint64_t size) const override;
  llvm::Error checkReferences() const override;
  llvm::Error moveTables(const MoveMap &map, llvm::ArrayRef<MovedSection> moved,
                         ImageChanges &changes) const override;
  uint64_t firstFreeAddress() const override;
  uint64_t behindTables(uint64_t address) const override;
  llvm::Expected<FileBytes> writeImage(ImageChanges &changes) const override;
};

/// The two functions of this format in formats/Formats.cpp.
Content recognise(llvm::ArrayRef<uint8_t> bytes);
llvm::Expected<std::unique_ptr<ObjectFile>> read(llvm::ArrayRef<uint8_t> file,
                                                 std::string name, Mode mode);

} // namespace hotpad::elf

#endif
