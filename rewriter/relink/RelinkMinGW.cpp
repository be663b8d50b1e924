//===- RelinkMinGW.cpp - hotpad link --flavor=mingw -----------------------===//
//
// LLD links for MinGW in two steps: a driver that understands the arguments of
// GNU ld finds the libraries (-lfoo is libfoo.dll.a, foo.dll.a, libfoo.a,
// foo.lib, libfoo.dll or foo.dll), translates everything into arguments of
// lld-link, and calls that. With -### it prints the translation and stops:
//
//     lld-link -lldmingw -out:a.exe ... crt2.o main.o /usr/lib/libm.a
//
// So the driver says itself which files it will link. Then it is run again,
// with the options that substitute them passed through (--Xlink).
//
// Refused: a parser of our own, which would be a second opinion on what LLD has
// decided already.
//
//===----------------------------------------------------------------------===//

#include "rewriter/relink/CoffLink.h"
#include "rewriter/relink/GnuArguments.h"
#include "rewriter/relink/Translation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

LLD_HAS_DRIVER(mingw)

namespace hotpad {

using namespace relink;

llvm::Expected<int> relinkMinGW(llvm::ArrayRef<std::string> args,
                                RewriteInput rewrite,
                                const RelinkOptions &options,
                                llvm::raw_ostream &out,
                                llvm::raw_ostream &err) {
  CoffLink link;
  link.driver = {lld::MinGW, &lld::mingw::link};
  // LLD tells by -m which of its drivers is meant; gcc and clang always say it.
  bool hasTarget = !targetOf(expandResponseFiles(args)).empty();
  auto commandLine = [&](llvm::ArrayRef<std::string> more) {
    std::vector<std::string> result = {"ld.lld"};
    if (!hasTarget)
      llvm::append_range(result, llvm::ArrayRef<std::string>{"-m", "i386pep"});
    // Before the user's, which then count.
    if (options.threads)
      result.push_back("--threads=" + llvm::utostr(options.threads));
    llvm::append_range(result, options.linkerArguments);
    llvm::append_range(result, args);
    for (const std::string &option : more)
      result.push_back("--Xlink=" + option);
    return result;
  };
  link.commandLine = commandLine;

  std::vector<std::string> question = commandLine({});
  question.push_back("-###");
  std::string answer, messages;
  llvm::raw_string_ostream answerStream(answer), messageStream(messages);
  auto status = runLld(question, link.driver, answerStream, messageStream);
  if (!status)
    return status.takeError();
  std::optional<std::vector<std::string>> translated =
      readTranslation(messages, args);
  if (*status != 0 || !translated || llvm::is_contained(args, "-###")) {
    // An error, or nothing to link: --version, --help.
    out << answer;
    err << messages;
    return *status;
  }
  link.arguments = parseLinkArguments(*translated);
  return linkCoff(link, rewrite, options, out, err);
}

} // namespace hotpad
