//===- Flavor.cpp - whose arguments? --------------------------------------===//

#include "rewriter/relink/GnuArguments.h"
#include "rewriter/relink/LinkArguments.h"
#include "rewriter/relink/Relink.h"
#include "rewriter/relink/Translation.h"

namespace hotpad {

using namespace relink;

LinkFlavor recogniseFlavor(llvm::ArrayRef<std::string> args) {
  std::vector<std::string> expanded = expandResponseFiles(args);
  std::string target = targetOf(expanded);
  if (target == "i386pep" || target == "i386pe")
    return LinkFlavor::MinGW;
  if (target.empty() &&
      (looksLikeLink(expanded) || looksLikeLink(expandLinkArguments(args))))
    return LinkFlavor::Link;
  return LinkFlavor::Gnu;
}

} // namespace hotpad
