//===- Debug.cpp - debug information, refused or dropped ------------------===//
//
// Every object of MSVC has a section .debug$S, with debug information or
// without: records that say which compiler made it measure no code, and stay.
//
//     CodeView signature (4) | subsection: kind, length, contents, to 4 bytes
//     symbols (kind F1): length (2), kind (2), ...
//
// Source: LLVM's llvm/DebugInfo/CodeView, and Microsoft's cvinfo.h.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/Object.h"
#include "rewriter/core/Cursor.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/DebugInfo/CodeView/CodeView.h"

using namespace llvm;
using namespace llvm::codeview;

namespace hotpad::coff {

/// Records that say how the object was made, and nothing about its code.
static bool isAboutCompiler(uint16_t kind) {
  switch (kind) {
  case S_OBJNAME:
  case S_COMPILE2:
  case S_COMPILE3:
  case S_ENVBLOCK:
  case S_BUILDINFO:
  case S_UNAMESPACE:
    return true;
  default:
    return false;
  }
}

/// Whether a .debug$S holds nothing but such records.
static bool isHarmless(ArrayRef<uint8_t> bytes) {
  Cursor cursor(bytes, 0, bytes.size());
  if (cursor.fixed(4) != 4) // CV_SIGNATURE_C13
    return false;
  while (cursor.ok() && !cursor.atEnd()) {
    auto kind = static_cast<DebugSubsectionKind>(cursor.fixed(4));
    uint64_t size = cursor.fixed(4);
    uint64_t end = cursor.offset() + size;
    switch (kind) {
    case DebugSubsectionKind::StringTable:
    case DebugSubsectionKind::FileChecksums:
      cursor.skip(size);
      break;
    case DebugSubsectionKind::Symbols:
      while (cursor.ok() && cursor.offset() < end) {
        uint64_t length = cursor.fixed(2);
        auto record = static_cast<uint16_t>(cursor.fixed(2));
        if (length < 2 || !isAboutCompiler(record))
          return false;
        cursor.skip(length - 2);
      }
      break;
    default:
      return false;
    }
    if (cursor.offset() != end)
      return false;
    if (!cursor.atEnd())
      cursor.skip((4 - end % 4) % 4);
  }
  return cursor.ok();
}

static bool isDebug(const Object &object, SectionIndex index) {
  const Section &section = object.binary.sections[index];
  StringRef name = section.name;
  // Line numbers of the time before CodeView stand beside the code.
  if (section.noBits || section.size == 0)
    return false;
  if (name == ".debug$S")
    return !isHarmless(section.bytes);
  // Types and hashes of types name no code, but are of no use alone.
  return name == ".debug$T" || name == ".debug$P" || name == ".debug$H" ||
         name.starts_with(".debug_") || name.starts_with(".zdebug_") ||
         name.starts_with(".stab");
}

Error Object::refuseDebug() const {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i)
    if (isDebug(*this, i) || headers[i]->NumberOfLinenumbers != 0)
      return errorAt(binary, i, 0,
                     "has debug information, which is not supported yet; "
                     "--strip-debug drops it");
  return Error::success();
}

std::vector<bool> Object::dropDebug() {
  std::vector<bool> dropped(binary.sections.size(), false);
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    if (!isDebug(*this, i))
      continue;
    dropped[i] = true;
    binary.sections[i].relocations.clear();
    binary.sections[i].bytes = {};
    binary.sections[i].size = 0;
    binary.sections[i].noBits = true;
  }
  return dropped;
}

} // namespace hotpad::coff
