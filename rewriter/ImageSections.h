//===- ImageSections.h - what goes behind the end of an image ---*- C++ -*-===//
#ifndef HOTPAD_REWRITER_IMAGESECTIONS_H
#define HOTPAD_REWRITER_IMAGESECTIONS_H

#include "rewriter/core/ObjectFile.h"
#include "rewriter/metadata/FrameCopies.h"

namespace hotpad {

constexpr uint64_t kPage = 0x1000;

/// The section of that name that has contents; 0: none.
SectionIndex findSection(const Binary &binary, llvm::StringRef name);

/// Puts new sections one behind the other.
class Sections {
public:
  Sections(const ObjectFile &object, ImageChanges &changes)
      : object(object), changes(changes), next(object.firstFreeAddress()) {}

  uint64_t addressFor(uint64_t alignment) const {
    return llvm::alignTo(next, std::max(alignment, object.sectionAlignment()));
  }
  void add(NewSection section) {
    section.address = addressFor(section.alignment);
    next = section.address + section.size();
    changes.sections.push_back(std::move(section));
  }
  void addTable(llvm::StringRef name, uint64_t alignment,
                std::vector<uint8_t> bytes, SectionIndex replaces = 0) {
    NewSection section;
    section.name = name.str();
    section.alignment = alignment;
    section.bytes = std::move(bytes);
    section.replaces = replaces;
    add(std::move(section));
  }
  void addSlots(llvm::StringRef name, uint64_t size) {
    next = object.behindTables(next);
    NewSection slots;
    slots.name = name.str();
    slots.alignment = kPage;
    slots.zeroes = size;
    slots.writable = true;
    add(std::move(slots));
  }

private:
  const ObjectFile &object;
  ImageChanges &changes;
  uint64_t next;
};

/// .eh_frame, its exception tables and in ELF its search table.
llvm::Error addFrames(const Binary &binary, metadata::FrameCopier &frames,
                      SectionIndex frameSection,
                      llvm::ArrayRef<CodeCopy> copies, Sections &sections);

} // namespace hotpad

#endif
