//===- CoffLink.cpp - rewrite what lld-link reads, and link ---------------===//
//
// LLD is asked for exactly the link the arguments describe, plus two options:
//
//     /vfsoverlay:<file>             our files in place of those asked for
//     /linkreprofullpathrsp:<file>   LLD lists all files it was led to
//
// The first substitutes inputs however LLD comes by them (PathOverlay.h). The
// second is the check that all of them were found. An object or archive in the
// list that was not among them, such as a library that /winsysroot leads to, is
// rewritten as well, and the link done again. That is rare, so it may take
// twice the time; to know all of LLD's ways to a file would take a copy of it.
//
// LLD takes the names of inputs from the paths the overlay leads to, so the old
// ones are restored in what it prints (NameRestorer.h). In a PDB they are not:
// a warning again.
//
//===----------------------------------------------------------------------===//

#include "rewriter/relink/CoffLink.h"
#include "rewriter/relink/ForEachInput.h"
#include "rewriter/relink/LinkInputs.h"
#include "rewriter/relink/MemoryFiles.h"
#include "rewriter/relink/NameRestorer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Path.h"

namespace hotpad::relink {

namespace {

class Linker {
public:
  Linker(const CoffLink &link, const RelinkOptions &options,
         llvm::raw_ostream &out, llvm::raw_ostream &err)
      : link(link), options(options), out(out), err(err) {}

  llvm::Expected<int> run(RewriteInput rewrite);

private:
  void warn(const llvm::Twine &text) const {
    if (!options.quiet)
      err << "hotpad: warning: " << text << '\n';
  }
  std::string last(LinkOption option) const;
  std::string outputWith(llvm::StringRef extension) const;
  std::vector<std::string> reports() const;
  void warnOfArguments() const;
  llvm::Error rewriteFrom(size_t first, RewriteInput rewrite);
  llvm::Error writeOverlay();
  llvm::Expected<int> runOnce();
  size_t addMissedInputs();

  const CoffLink &link;
  const RelinkOptions &options;
  llvm::raw_ostream &out, &err;

  LinkInputs found;
  std::unique_ptr<MemoryFiles> files;
  std::string overlayFile, listFile;
  size_t room = 0;   ///< How many inputs there can be.
  size_t missed = 0; ///< Of these, found by the last run.
};

/// The value of the option's last use.
std::string Linker::last(LinkOption option) const {
  std::string value;
  for (const LinkArgument &argument : link.arguments)
    if (argument.option == option)
      value = argument.value;
  return value;
}

/// The name LLD gives to a file beside the output.
std::string Linker::outputWith(llvm::StringRef extension) const {
  llvm::SmallString<128> name(last(LinkOption::Output));
  if (name.empty())
    for (const LinkArgument &argument : llvm::reverse(link.arguments))
      if (argument.option == LinkOption::Input)
        name = llvm::sys::path::filename(argument.value);
  llvm::sys::path::replace_extension(name, extension);
  return name.str().str();
}

/// Text files that LLD writes file names to.
std::vector<std::string> Linker::reports() const {
  std::vector<std::string> result;
  for (const LinkArgument &argument : link.arguments) {
    if (argument.option == LinkOption::FullPathList)
      result.push_back(argument.value);
    if (argument.option == LinkOption::Map)
      result.push_back(argument.value.empty() ? outputWith(".map")
                                              : argument.value);
  }
  return result;
}

void Linker::warnOfArguments() const {
  for (const LinkArgument &argument : link.arguments) {
    llvm::StringRef value = argument.value;
    if (argument.option == LinkOption::Reproduce)
      warn(value + ": holds the rewritten inputs under temporary names; its "
                   "response.txt will not find them");
    bool isPdb = argument.option == LinkOption::Pdb;
    if (argument.option == LinkOption::Debug)
      isPdb =
          !llvm::is_contained({"dwarf", "symtab", "none", "no"}, value.lower());
    if (isPdb)
      warn((value.empty() || argument.option == LinkOption::Debug
                ? outputWith(".pdb")
                : value.str()) +
           ": names the rewritten inputs by temporary names");
  }
}

/// Rewrites input number \p first and all behind it.
llvm::Error Linker::rewriteFrom(size_t first, RewriteInput rewrite) {
  std::vector<uint64_t> sizes;
  for (size_t i = first; i != found.inputs.size(); ++i)
    sizes.push_back(found.inputs[i].buffer->getBufferSize());
  return forEachInput(sizes, [&](size_t number) -> llvm::Error {
    size_t i = first + number;
    llvm::MemoryBufferRef input = found.inputs[i].buffer->getMemBufferRef();
    auto output = rewrite(input);
    if (!output)
      return output.takeError();
    if (!*output)
      return llvm::Error::success();
    return files->add(i, input.getBufferIdentifier(), (*output)->getBuffer());
  });
}

llvm::Error Linker::writeOverlay() {
  llvm::StringMap<std::string> replaced;
  for (size_t i = 0; i != found.inputs.size(); ++i) {
    if (files->path(i).empty())
      continue;
    const LinkInput &input = found.inputs[i];
    for (const std::string &path : input.paths)
      replaced[path] = files->path(i).str();
    replaced[overlayPath(input.buffer->getBufferIdentifier())] =
        files->path(i).str();
  }
  return llvm::writeToOutput(overlayFile, [&](llvm::raw_ostream &stream) {
    stream << found.overlay.write(replaced);
    return llvm::Error::success();
  });
}

/// What LLD has read beside the inputs that were found: they become inputs.
/// \returns how many there are. A line of LLD's list is a path, or an option
/// with one, in quotes.
size_t Linker::addMissedInputs() {
  auto list = llvm::MemoryBuffer::getFile(listFile);
  if (!list)
    return 0;
  llvm::StringSet<> known, replaced;
  for (size_t i = 0; i != found.inputs.size(); ++i) {
    known.insert(files->path(i));
    llvm::StringSet<> &originals = files->path(i).empty() ? known : replaced;
    for (const std::string &path : found.inputs[i].paths)
      originals.insert(path);
    originals.insert(
        overlayPath(found.inputs[i].buffer->getBufferIdentifier()));
  }
  size_t before = found.inputs.size();
  for (llvm::line_iterator line(**list); !line.is_at_eof(); ++line) {
    llvm::StringRef file = line->trim("\"");
    if (!llvm::sys::fs::exists(file))
      file = file.split(':').second;
    llvm::file_magic magic;
    if (!llvm::sys::fs::is_regular_file(file) ||
        llvm::identify_magic(file, magic) ||
        (magic != llvm::file_magic::coff_object &&
         magic != llvm::file_magic::archive) ||
        !known.insert(file).second)
      continue;
    if (found.inputs.size() == room || replaced.contains(file)) {
      warn(file + ": found in a way that is not followed; it is linked "
                  "without being rewritten (name it on the command line)");
      continue;
    }
    auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/false,
                                              /*RequiresNullTerminator=*/false);
    if (buffer)
      found.inputs.push_back({{file.str()}, std::move(*buffer)});
  }
  return found.inputs.size() - before;
}

llvm::Expected<int> Linker::runOnce() {
  if (llvm::Error error = writeOverlay())
    return error;
  std::vector<std::string> temporaries, originals;
  for (size_t i = 0; i != found.inputs.size(); ++i) {
    temporaries.push_back(files->path(i).str());
    originals.push_back(found.inputs[i].buffer->getBufferIdentifier().str());
  }
  NameRestorer names(files->directory(), temporaries, originals);

  NameRestoringStream outStream(names, out), errStream(names, err);
  auto status = runLld(link.commandLine({"-vfsoverlay:" + overlayFile,
                                         "-linkreprofullpathrsp:" + listFile}),
                       link.driver, outStream, errStream);
  if (!status)
    return status.takeError();
  missed = *status == 0 ? addMissedInputs() : 0;
  // Only now: one of them may be the list.
  for (const std::string &report : reports())
    if (llvm::Error error = names.restoreFile(report, PathStyle::Plain))
      return error;
  return *status;
}

llvm::Expected<int> Linker::run(RewriteInput rewrite) {
  if (options.threads)
    llvm::parallel::strategy = llvm::hardware_concurrency(options.threads);

  auto inputs = findLinkInputs(link.arguments);
  if (!inputs)
    return inputs.takeError();
  found = std::move(*inputs);
  for (const std::string &warning : found.warnings)
    warn(warning);
  warnOfArguments();

  // Some room for what is found later.
  room = found.inputs.size() + 64;
  auto created = MemoryFiles::create(room);
  if (!created)
    return created.takeError();
  files = std::move(*created);
  overlayFile = (files->directory() + "/overlay.yaml").str();
  llvm::FileRemover removeOverlay(overlayFile);
  listFile = last(LinkOption::FullPathList);
  bool ownList = listFile.empty();
  if (ownList)
    listFile = (files->directory() + "/inputs.rsp").str();
  llvm::FileRemover removeList(listFile, ownList);

  for (size_t first = 0;;) {
    if (llvm::Error error = rewriteFrom(first, rewrite))
      return error;
    first = found.inputs.size();
    auto status = runOnce();
    if (!status || missed == 0)
      return status;
  }
}

} // namespace

llvm::Expected<int> linkCoff(const CoffLink &link, RewriteInput rewrite,
                             const RelinkOptions &options,
                             llvm::raw_ostream &out, llvm::raw_ostream &err) {
  return Linker(link, options, out, err).run(rewrite);
}

} // namespace hotpad::relink
