//===- ImageRefusals.cpp - images that are left as they are ---------------===//
//
// What says nothing of its code cannot be changed. (Runtimes of languages:
// image/Runtimes.cpp.)
//
//===----------------------------------------------------------------------===//

#include "rewriter/elf/Object.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace hotpad::elf {

Error Object::refuseImage() const {
  auto fail = [&](const Twine &message) { return errorIn(binary, message); };
  if (headers.size() < 2)
    return fail("has neither section headers nor a table for unwinding, so "
                "nothing says what is code (packed by UPX? upx -d unpacks it)");
  return Error::success();
}

} // namespace hotpad::elf
