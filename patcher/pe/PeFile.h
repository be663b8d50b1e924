//===- PeFile.h - what a patcher wants of a Windows program -----*- C++ -*-===//
//
// Sections, names, lists and relocations of a program or DLL, from its file.
// Source: "PE Format" on learn.microsoft.com. Files are not to be trusted: what
// does not fit is refused or left out, and nothing is read outside of it.
//
// All addresses here are RVAs: distances from where the image is loaded.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_PE_PEFILE_H
#define HOTPAD_PATCHER_PE_PEFILE_H

#include "patcher/core/Plan.h"
#include <span>

namespace hotpad::patch {

class PeFile {
public:
  struct Section {
    std::string name;
    uint32_t rva = 0, size = 0;      ///< In memory.
    uint32_t offset = 0, inFile = 0; ///< In the file: never more than there is.
    bool isCode = false, isWritable = false;
    bool contains(uint64_t address) const {
      return address >= rva && address - rva < size;
    }
  };
  struct Name {
    std::string name;
    uint32_t rva = 0;
  };

  /// The program or DLL in \p bytes, into \p file. Fails when it is none for
  /// x86 or x86-64, or is damaged.
  static Failure read(std::vector<uint8_t> bytes, PeFile &file);

  Bits bits = Bits::B64;
  std::vector<Section> sections;
  std::vector<Name> exports;     ///< But for those that lead to another DLL.
  std::vector<Name> symbols;     ///< In code; of the COFF symbol table, if any.
  std::vector<uint32_t> entries; ///< Of `.hpentry`: hot-patchable functions.
  /// Ranges of the sections `.hpslots`.
  std::vector<std::pair<uint32_t, uint32_t>> slots;

  const Section *sectionAt(uint64_t rva) const;
  bool isCode(uint64_t rva) const;
  uint32_t sizeOfImage() const { return imageSize; }
  /// The bytes at \p rva as they are when the image is loaded at \p base.
  /// False when not all of them are in the file.
  bool copy(uint32_t rva, uint64_t base, std::span<uint8_t> out) const;
  /// The listed entry that the function at \p rva runs at: there, or where a
  /// jump that stands there leads.
  std::optional<uint32_t> listedAt(uint32_t rva) const;
  /// Whether \p memory, the first bytes of a loaded image, is of this file: the
  /// same headers, but for where it is loaded.
  bool hasHeaders(std::span<const uint8_t> memory) const;
  /// How many bytes of \p memory that looks at.
  size_t headersSize() const { return sectionTableEnd; }

private:
  Failure readHeaders();
  void readSections(uint32_t table, unsigned count);
  void readExports();
  void readSymbols();
  void readRelocations();
  Failure readLists();
  std::string sectionName(uint32_t offset) const;
  std::string nameWithoutDecoration(std::string name) const;
  /// The \p size bytes at \p rva; empty when not all of them are in the file.
  std::span<const uint8_t> at(uint32_t rva, uint64_t size) const;
  std::string textAt(uint32_t rva) const;
  bool inFile(uint64_t offset, uint64_t size) const {
    return offset <= bytes.size() && bytes.size() - offset >= size;
  }

  std::vector<uint8_t> bytes;
  std::vector<uint32_t> relocations; ///< RVAs of fields that hold addresses.
  uint32_t imageSize = 0, sectionTableEnd = 0;
  uint64_t imageBase = 0;
  uint32_t optionalHeader = 0; ///< File offset; likewise the two below.
  uint32_t directories = 0, directoryCount = 0;
  uint32_t symbolTable = 0, symbolCount = 0;
  std::pair<uint32_t, uint32_t> directory(unsigned number) const;
};

} // namespace hotpad::patch

#endif
