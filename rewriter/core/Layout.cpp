//===- Layout.cpp ---------------------------------------------------------===//

#include "rewriter/core/Layout.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace hotpad {

static const Layout kLayouts[] = {
    // name, pad, entryNop, nopPad, listPatchable, movEdi
    {"ms", 6, 0, false, false, false},
    {"ms-x86", 5, 2, false, false, true},
    {"libpulp", 14, 2, true, true, false},
};

Error refuseLayout(const Layout &layout, Arch arch) {
  if (!layout.movEdi || arch == Arch::X86)
    return Error::success();
  return createStringError("layout " + layout.name +
                           " is for 32-bit code: its entry `mov edi, edi` "
                           "clears half of rdi in 64-bit code");
}

Expected<Layout> findLayout(StringRef name) {
  for (const Layout &layout : kLayouts)
    if (layout.name == name)
      return layout;
  StringRef rest = name;
  if (rest.consume_front("patchable:")) {
    auto [totalText, beforeText] = rest.split(',');
    unsigned total = 0, before = 0;
    if (totalText.getAsInteger(10, total) ||
        (!beforeText.empty() && beforeText.getAsInteger(10, before)) ||
        before > total || total > 255)
      return createStringError(
          "layout '" + name +
          "': expected patchable:N,M with M <= N <= 255, as in "
          "-fpatchable-function-entry=N,M");
    return Layout{name.str(), before, total - before, true, true, false};
  }
  return createStringError(
      "unknown layout '" + name +
      "'; there are ms, ms-x86, libpulp and patchable:N,M");
}

} // namespace hotpad
