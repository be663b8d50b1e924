//===- Image.h - a PE image, read -------------------------------*- C++ -*-===//
//
// Addresses in a PE image are *RVAs*, distances from where it is loaded. In the
// neutral view a section's address is its RVA plus the preferred base.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_COFF_IMAGE_H
#define HOTPAD_REWRITER_COFF_IMAGE_H

#include "rewriter/core/ObjectFile.h"
#include "llvm/Object/COFF.h"
#include <deque>
#include <string>

namespace hotpad::coff {

struct Image : ObjectFile {
  const llvm::object::coff_file_header *header = nullptr;
  llvm::ArrayRef<llvm::object::data_directory> directories;
  llvm::ArrayRef<llvm::object::coff_section> headers; ///< [0] is section 1.
  llvm::StringRef strings; ///< The string table with its size field, or empty.
  uint64_t optionalAt = 0; ///< File offset of the optional header.
  uint64_t alignment = 0;  ///< Of sections in memory.
  uint64_t fileAlignment = 0;
  uint64_t headersSize = 0; ///< What is mapped before the first section.
  uint32_t entryPoint = 0;  ///< RVA; 0: none.
  std::deque<std::string> madeNames; ///< Of functions without a symbol.

  /// An empty one when there are not that many.
  llvm::object::data_directory directory(unsigned index) const;
  /// The section and the offset of an RVA; section 0: it is in none.
  Place placeOf(uint64_t rva) const;
  /// The \p size bytes at \p place; none when the file does not have them all.
  llvm::ArrayRef<uint8_t> bytesAt(Place place, uint64_t size) const;

  llvm::Error refuseDebug() const override;
  std::vector<bool> dropDebug() override;
  PatchLists readLists() const override;
  llvm::Expected<std::vector<uint8_t>>
  write(const Changes &changes) const override;

  llvm::Error refuseImage() const override;
  std::vector<std::string> imageWarnings() const override;
  uint64_t sectionAlignment() const override { return alignment; }
  uint64_t firstFreeAddress() const override;
  llvm::Expected<FileBytes> writeImage(ImageChanges &changes) const override;
};

std::string hex(uint64_t value);

/// A field of the load configuration, 0 when it has none there. The offsets
/// differ by pointer size; \p width is 2, 4 or 8.
uint64_t loadConfigField(const Image &image, uint64_t offset, unsigned width);

/// The fields that the loader relocates and the code that the loader or the
/// guard tables know (ImageRoots.cpp).
llvm::Error findImageRoots(Image &image);

/// Finds what MinGW's runtime fills in when the program starts
/// (PseudoRelocations.cpp).
void findPseudoRelocations(Image &image);

/// Appends the symbols of the COFF symbol table (ImageSymbols.cpp). Needs
/// sections without their names, and finds the string table for those.
llvm::Error readImageSymbols(Image &image);

/// Makes symbols of type Function of what exports and the entry point say, and
/// unwinding ranges of the table of those (ImageFunctions.cpp). Needs sections
/// and symbols.
llvm::Error findImageFunctions(Image &image);

} // namespace hotpad::coff

#endif
