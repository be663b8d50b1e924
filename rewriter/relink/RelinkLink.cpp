//===- RelinkLink.cpp - hotpad link --flavor=link -------------------------===//

#include "rewriter/relink/CoffLink.h"
#include "llvm/ADT/StringExtras.h"

LLD_HAS_DRIVER(coff)

namespace hotpad {

using namespace relink;

llvm::Expected<int> relinkLink(llvm::ArrayRef<std::string> args,
                               RewriteInput rewrite,
                               const RelinkOptions &options,
                               llvm::raw_ostream &out, llvm::raw_ostream &err) {
  CoffLink link;
  link.arguments = parseLinkArguments(expandLinkArguments(args));
  if (!link.arguments.empty() &&
      link.arguments.front().option == LinkOption::Librarian)
    return llvm::createStringError(
        "/lib makes a library, which is no link; `hotpad rewrite` takes "
        "objects and libraries");
  link.driver = {lld::WinLink, &lld::coff::link};
  auto commandLine = [&](llvm::ArrayRef<std::string> more) {
    std::vector<std::string> result = {"lld-link"};
    // Before the user's, which then count.
    if (options.threads)
      result.push_back("/threads:" + llvm::utostr(options.threads));
    llvm::append_range(result, options.linkerArguments);
    llvm::append_range(result, args);
    llvm::append_range(result, more);
    return result;
  };
  link.commandLine = commandLine;
  return linkCoff(link, rewrite, options, out, err);
}

} // namespace hotpad
