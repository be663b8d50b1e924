//===- Discover.cpp -------------------------------------------------------===//

#include "rewriter/discover/Discover.h"
#include "rewriter/metadata/HandlerData.h"
#include "rewriter/metadata/Tables.h"
#include "rewriter/metadata/WinUnwind.h"
#include "rewriter/x86/CodeReferences.h"
#include "rewriter/x86/Functions.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad {

Error discover(Binary &binary) {
  if (binary.mode == Mode::Image)
    binary.sortLoaded();
  if (binary.mode == Mode::Image && binary.format == Format::Coff)
    metadata::readHandlerData(binary);
  if (Error error = metadata::refuseUnknownTables(binary))
    return error;
  // What points into a table is read before the table.
  for (const metadata::Table &table : reverse(metadata::allTables())) {
    for (SectionIndex i = 1; i < binary.sections.size(); ++i)
      if (table.matches(binary, i))
        if (Error error = table.read(binary, i))
          return error;
    binary.sortUnwind();
  }
  if (Error error = metadata::refuseOverlaps(binary))
    return error;
  x86::findFunctions(binary);
  x86::findCodeReferences(binary);
  return Error::success();
}

} // namespace hotpad
