//===- ImageSections.cpp --------------------------------------------------===//

#include "rewriter/ImageSections.h"

using namespace llvm;

namespace hotpad {

SectionIndex findSection(const Binary &binary, StringRef name) {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    if (binary.sections[i].name == name && !binary.sections[i].noBits)
      return i;
  return 0;
}

/// .eh_frame, its exception tables and its search table.
Error addFrames(const Binary &binary, metadata::FrameCopier &frames,
                SectionIndex frameSection, ArrayRef<CodeCopy> copies,
                Sections &sections) {
  auto tables = frames.makeExceptionTables(copies, sections.addressFor(4));
  if (!tables.empty())
    sections.addTable(".gcc_except_table.hotpad", 4, std::move(tables));
  auto bytes = frames.makeFrames(copies, sections.addressFor(8));
  if (!bytes)
    return bytes.takeError();
  sections.addTable(".eh_frame", 8, std::move(*bytes), frameSection);
  if (binary.format == Format::Coff) // has no search table
    return Error::success();
  auto header = frames.makeHeader(sections.addressFor(4));
  if (!header)
    return header.takeError();
  // Without one (static programs) unwinders know the old table alone.
  sections.addTable(".eh_frame_hdr", 4, std::move(*header),
                    findSection(binary, ".eh_frame_hdr"));
  return Error::success();
}

} // namespace hotpad
