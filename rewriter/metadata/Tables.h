//===- Tables.h - the tables that measure code ------------------*- C++ -*-===//
//
// One row a format, in the order "who is measured before who measures": code
// is frozen first, then exception tables, then call frame information (which
// points into exception tables). Supporting one more is one more file and one
// more row.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_METADATA_TABLES_H
#define HOTPAD_REWRITER_METADATA_TABLES_H

#include "rewriter/core/Binary.h"
#include "rewriter/core/EditList.h"
#include "rewriter/core/MoveMap.h"

namespace hotpad::metadata {

struct Table {
  const char *format;
  bool (*matches)(const Binary &, SectionIndex);
  llvm::Error (*read)(Binary &, SectionIndex);
  llvm::Error (*plan)(const Binary &, SectionIndex, const MoveMap &,
                      EditList &);
};

/// In the order of planning; reading goes the other way round.
llvm::ArrayRef<Table> allTables();

/// An error when \p section measures code in a way no table here understands.
llvm::Error refuseUnknownTables(const Binary &binary);

} // namespace hotpad::metadata

#endif
