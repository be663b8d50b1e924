//===- ObjectFile.h - a file of any format, read ----------------*- C++ -*-===//
//
// The neutral view of a file, and behind it what only its format knows: how to
// find debug information and lists, and how to write the file anew. Everything
// above the format folders (elf/, coff/) sees files through this alone.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_OBJECTFILE_H
#define HOTPAD_REWRITER_CORE_OBJECTFILE_H

#include "rewriter/core/Changes.h"
#include "rewriter/core/EditList.h"
#include "rewriter/core/FileBytes.h"
#include "rewriter/core/ImageChanges.h"
#include "rewriter/core/PatchLists.h"

namespace hotpad {

struct ObjectFile {
  Binary binary;
  llvm::ArrayRef<uint8_t> file; ///< Outlives this.
  /// The symbols name all functions, and not just what is exported.
  bool namesAllFunctions = false;

  virtual ~ObjectFile() = default;

  /// An error when the object has debug information.
  virtual llvm::Error refuseDebug() const = 0;
  /// Drops the contents of debug sections and of their relocations (their
  /// numbers stay, since other tables count sections). By section: dropped.
  virtual std::vector<bool> dropDebug() = 0;
  virtual PatchLists readLists() const = 0;
  /// Says in the file that the linker may pad its functions, by edits (by
  /// section) or added sections. Fails for formats whose linkers do not.
  virtual llvm::Error
  leavePadsToLinker(std::vector<EditList> &edits,
                    std::vector<AddedSection> &added) const {
    (void)edits, (void)added;
    return errorIn(binary, "--pad-by=linker is for COFF objects: only their "
                           "linkers make pads");
  }
  /// The bytes of the new object. Section and symbol indices of the input
  /// survive; new ones are appended (invariant STABLE-INDEX). Fails when
  /// something new does not fit the format.
  virtual llvm::Expected<std::vector<uint8_t>>
  write(const Changes &changes) const = 0;

  /// Images: an error when there is something in this one that a rewritten
  /// image would break.
  virtual llvm::Error refuseImage() const { return llvm::Error::success(); }
  /// Images: reads the relocations that the link kept, and makes `binary` a
  /// linked object. Fails when they are not there, or not complete.
  virtual llvm::Error takeApart() {
    return errorIn(binary, "--image=relayout is for ELF x86-64");
  }
  /// Images: what the file puts at [address, address + size) in memory; empty
  /// when it is not all there.
  virtual llvm::ArrayRef<uint8_t> loadedBytes(uint64_t address,
                                              uint64_t size) const {
    (void)address, (void)size;
    return {};
  }
  /// Linked objects: fails when code was found to refer to something that no
  /// kept relocation describes.
  virtual llvm::Error checkReferences() const { return llvm::Error::success(); }
  /// Linked objects: patches every table of the format's own that says where
  /// code is (symbols, relocations, what the loader reads). \p moved has the
  /// new contents of all sections.
  virtual llvm::Error moveTables(const MoveMap &map,
                                 llvm::ArrayRef<MovedSection> moved,
                                 ImageChanges &changes) const {
    (void)map, (void)moved, (void)changes;
    return llvm::Error::success();
  }
  /// Images: what the rewritten image will lack, for people.
  virtual std::vector<std::string> imageWarnings() const { return {}; }
  /// Images: what the address of each new section must be a multiple of,
  /// besides its own alignment.
  virtual uint64_t sectionAlignment() const { return 1; }
  /// Images: the first address behind everything, on a page of its own, where
  /// new sections may begin.
  virtual uint64_t firstFreeAddress() const { return 0; }
  /// Images: where new sections may go on behind read-only ones that end at
  /// \p address: the writer may put more of those there.
  virtual uint64_t behindTables(uint64_t address) const { return address; }
  /// Images: the bytes of the new image. Takes those of new sections from
  /// \p changes.
  virtual llvm::Expected<FileBytes> writeImage(ImageChanges &changes) const {
    (void)changes;
    return errorIn(binary, "linked images of this format are not supported");
  }

protected:
  ObjectFile() = default;
  ObjectFile(ObjectFile &&) = default;
  ObjectFile &operator=(ObjectFile &&) = default;
};

} // namespace hotpad

#endif
