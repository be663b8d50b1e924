//===- Directives.cpp -----------------------------------------------------===//

#include "rewriter/relink/Directives.h"
#include "rewriter/relink/LinkArguments.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/COFF.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/StringSaver.h"

namespace hotpad::relink {

namespace {

void addFromText(llvm::StringRef text, std::vector<std::string> &names) {
  text.consume_front("\xEF\xBB\xBF"); // MSVC marks non-ASCII text so.
  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver(allocator);
  llvm::SmallVector<const char *, 16> argv;
  llvm::cl::TokenizeWindowsCommandLine(text, saver, argv);
  std::vector<std::string> arguments(argv.begin(), argv.end());
  for (LinkArgument &argument : parseLinkArguments(arguments))
    if (argument.option == LinkOption::DefaultLibrary)
      names.push_back(std::move(argument.value));
}

void addFromObject(llvm::MemoryBufferRef object,
                   std::vector<std::string> &names) {
  auto coff = llvm::object::COFFObjectFile::create(object);
  if (!coff) {
    llvm::consumeError(coff.takeError());
    return;
  }
  for (const llvm::object::SectionRef &section : (*coff)->sections()) {
    llvm::Expected<llvm::StringRef> name = section.getName();
    if (!name) {
      llvm::consumeError(name.takeError());
      continue;
    }
    if (*name != ".drectve")
      continue;
    llvm::Expected<llvm::StringRef> text = section.getContents();
    if (text)
      addFromText(*text, names);
    else
      llvm::consumeError(text.takeError());
  }
}

} // namespace

std::vector<std::string> defaultLibrariesOf(llvm::MemoryBufferRef input) {
  std::vector<std::string> names;
  llvm::file_magic magic = llvm::identify_magic(input.getBuffer());
  if (magic == llvm::file_magic::coff_object)
    addFromObject(input, names);
  if (magic != llvm::file_magic::archive)
    return names;
  auto archive = llvm::object::Archive::create(input);
  if (!archive) {
    llvm::consumeError(archive.takeError());
    return names;
  }
  llvm::Error error = llvm::Error::success();
  for (const llvm::object::Archive::Child &child :
       (*archive)->children(error)) {
    llvm::Expected<llvm::MemoryBufferRef> member = child.getMemoryBufferRef();
    if (!member)
      llvm::consumeError(member.takeError());
    else if (llvm::identify_magic(member->getBuffer()) ==
             llvm::file_magic::coff_object)
      addFromObject(*member, names);
  }
  llvm::consumeError(std::move(error));
  // One library is asked for by hundreds of members.
  llvm::sort(names);
  names.erase(llvm::unique(names), names.end());
  return names;
}

} // namespace hotpad::relink
