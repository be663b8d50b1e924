//===- Tables.cpp ---------------------------------------------------------===//

#include "rewriter/metadata/Tables.h"
#include "rewriter/metadata/EhFrame.h"
#include "rewriter/metadata/EntryList.h"
#include "rewriter/metadata/FpoData.h"
#include "rewriter/metadata/FuncInfo4.h"
#include "rewriter/metadata/Lsda.h"
#include "rewriter/metadata/WinUnwind.h"

using namespace llvm;

namespace hotpad::metadata {

/// In COFF, GNU as names it after the code: .eh_frame$f, .eh_frame.startup.
static bool isEhFrame(const Binary &binary, SectionIndex index) {
  const Section &section = binary.sections[index];
  bool isPart = binary.format == Format::Coff &&
                (section.name.starts_with(".eh_frame$") ||
                 section.name.starts_with(".eh_frame."));
  return (section.name == ".eh_frame" || isPart) && !section.noBits;
}

static bool isEntryList(const Binary &binary, SectionIndex index) {
  return binary.sections[index].listsEntries && !binary.sections[index].noBits;
}

/// What only names code has nothing to plan.
static Error planNothing(const Binary &, SectionIndex, const MoveMap &,
                         EditList &) {
  return Error::success();
}

/// Exception tables are found by what points to them, not by name.
static bool isLsda(const Binary &binary, SectionIndex index) {
  return !binary.unwindOfLsda(index).empty();
}

ArrayRef<Table> allTables() {
  static const Table kTables[] = {
      {"hotpad_entries", isEntryList, readEntryList, planNothing},
      {"gcc_except_table", isLsda, readLsda, planLsda},
      {"func-info-4", hasCodeOffsets, readCodeOffsets, planCodeOffsets},
      {"eh_frame", isEhFrame, readEhFrame, planEhFrame},
      {"pdata", isPdata, readPdata, planNothing},
      {"debug$F", isFpoData, readFpoData, planNothing},
  };
  return kTables;
}

Error refuseUnknownTables(const Binary &binary) {
  // Offsets from a function's start, in forms of their own.
  static constexpr StringRef kUnknown[] = {
      ".sframe",           // SFrame stack traces
      ".llvm_bb_addr_map", // basic blocks, for profiles
      ".pseudo_probe",     // sampling profiles
  };
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    for (StringRef name : kUnknown)
      if (binary.sections[i].name == name && binary.sections[i].size != 0)
        return errorAt(binary, i, 0,
                       "measures code in a format that is not supported; "
                       "llvm-objcopy --remove-section drops it");
  return Error::success();
}

} // namespace hotpad::metadata
