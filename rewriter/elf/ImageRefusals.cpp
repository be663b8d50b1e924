//===- ImageRefusals.cpp - images that are left as they are ---------------===//
//
// A runtime that finds its way through the stack by tables of its own, keyed by
// return addresses, would not know those in copied code.
//
//===----------------------------------------------------------------------===//

#include "rewriter/elf/Object.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace hotpad::elf {

Error Object::refuseImage() const {
  auto fail = [&](const Twine &message) { return errorIn(binary, message); };
  auto hasSection = [&](StringRef name) {
    return any_of(binary.sections, [&](const Section &section) {
      return section.name == name && section.size != 0;
    });
  };
  if (headers.size() < 2)
    return fail("has no section headers, so nothing says what is code (packed "
                "by UPX? upx -d unpacks it)");
  // Of cmd/link's data.go: the table itself, and the note of a build.
  if (hasSection(".gopclntab") || hasSection(".note.go.buildid"))
    return fail("written in Go, whose runtime has tables of its own about the "
                "code");
  if (any_of(binary.symbols, [](const Symbol &symbol) {
        return symbol.name == "caml_frametable";
      }))
    return fail("written in OCaml, whose runtime has tables of its own about "
                "the code");
  return Error::success();
}

} // namespace hotpad::elf
