//===- RelinkGnu.cpp - hotpad link --flavor=gnu ---------------------------===//
//
// LLD is asked for exactly the link the arguments describe, plus one option per
// rewritten input:
//
//     --remap-inputs=<the name LLD will ask for>=<our file>
//
// Against putting our paths in the arguments this has three advantages. An
// input keeps its place and its way of being found, so nothing of -l, groups
// and states has to be imitated. Archives keep their names everywhere (LLD
// takes them from what was asked for, not from what was opened). And it reaches
// files that no argument names: those in linker scripts.
//
//===----------------------------------------------------------------------===//

#include "rewriter/relink/ForEachInput.h"
#include "rewriter/relink/GnuArguments.h"
#include "rewriter/relink/GnuInputs.h"
#include "rewriter/relink/MemoryFiles.h"
#include "rewriter/relink/NameRestorer.h"
#include "rewriter/relink/Relink.h"
#include "rewriter/relink/RunLld.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/Parallel.h"

LLD_HAS_DRIVER(elf)

namespace hotpad {

using namespace relink;

namespace {

constexpr llvm::StringLiteral globCharacters = "?*[";

/// \p path as a glob pattern that matches it and nothing else. LLD splits
/// <from>=<to> at each '=', so that one is written as the set of all other
/// characters, negated.
std::string globFor(llvm::StringRef path) {
  std::string pattern;
  for (char c : path) {
    if (c == '=') {
      pattern += "[^\x01-<>-\xff]";
      continue;
    }
    if (c == '\\' || globCharacters.contains(c))
      pattern += '\\';
    pattern += c;
  }
  return pattern;
}

/// One run of the linker: what goes in and what has to be cleared up after it.
class GnuLink {
public:
  GnuLink(llvm::ArrayRef<std::string> args, const RelinkOptions &options,
          llvm::raw_ostream &out, llvm::raw_ostream &err)
      : args(expandResponseFiles(args)), parsed(parseGnuArguments(this->args)),
        options(options), out(out), err(err) {}

  llvm::Expected<int> run(RewriteInput rewrite);

private:
  llvm::Error rewriteAll(RewriteInput rewrite);
  std::vector<std::string> lldArguments() const;
  llvm::Error restoreNames(const NameRestorer &names) const;
  void warn(const llvm::Twine &text) const;
  void warnOfMissedInputs() const;

  std::vector<std::string> args;
  std::vector<GnuArgument> parsed;
  const RelinkOptions &options;
  llvm::raw_ostream &out, &err;

  GnuInputs found;
  std::unique_ptr<MemoryFiles> files;
  std::string dependencyFile;
  bool ownDependencyFile = false;
};

void GnuLink::warn(const llvm::Twine &text) const {
  if (!options.quiet)
    err << "hotpad: warning: " << text << '\n';
}

llvm::Error GnuLink::rewriteAll(RewriteInput rewrite) {
  std::vector<uint64_t> sizes;
  llvm::transform(
      found.inputs, std::back_inserter(sizes),
      [](const auto &input) { return input.buffer->getBufferSize(); });
  return forEachInput(sizes, [&](size_t i) -> llvm::Error {
    llvm::MemoryBufferRef input = found.inputs[i].buffer->getMemBufferRef();
    auto output = rewrite(input);
    if (!output)
      return output.takeError();
    if (!*output)
      return llvm::Error::success();
    return files->add(i, input.getBufferIdentifier(), (*output)->getBuffer());
  });
}

std::vector<std::string> GnuLink::lldArguments() const {
  std::vector<std::string> result = {"ld.lld"};
  // Before the user's, which then counts.
  if (options.threads)
    result.push_back("--threads=" + llvm::utostr(options.threads));

  // Of two patterns the first counts, of two plain names the last.
  std::vector<std::string> plain;
  for (size_t i = 0; i != found.inputs.size(); ++i) {
    llvm::StringRef from = found.inputs[i].name, to = files->path(i);
    if (to.empty())
      continue;
    bool isPlain =
        from.find_first_of(globCharacters) == llvm::StringRef::npos &&
        !from.contains('=');
    std::string pattern = isPlain ? from.str() : globFor(from);
    (isPlain ? plain : result)
        .push_back("--remap-inputs=" + pattern + "=" + to.str());
  }
  result.insert(result.end(), args.begin(), args.end());
  result.insert(result.end(), plain.begin(), plain.end());
  if (ownDependencyFile)
    result.push_back("--dependency-file=" + dependencyFile);
  return result;
}

llvm::Error GnuLink::restoreNames(const NameRestorer &names) const {
  if (llvm::Error error =
          names.restoreFile(dependencyFile, PathStyle::MakeRule))
    return error;
  for (const GnuArgument &argument : parsed)
    if (argument.option == GnuOption::Report)
      if (llvm::Error error =
              names.restoreFile(argument.value, PathStyle::Plain))
        return error;
  return llvm::Error::success();
}

/// The dependency file lists all files LLD has read. Objects and archives in it
/// that were not among the inputs found here came in by a way this code does
/// not follow, such as the libraries that an object asks for in .deplibs. The
/// link is as it should be; their functions are not.
void GnuLink::warnOfMissedInputs() const {
  auto buffer = llvm::MemoryBuffer::getFile(dependencyFile);
  if (options.quiet || !buffer)
    return;
  std::set<std::string> known;
  for (const GnuInput &input : found.inputs)
    known.insert(
        spellPath(input.buffer->getBufferIdentifier(), PathStyle::MakeRule));
  for (const std::string &file : found.notCode)
    known.insert(spellPath(file, PathStyle::MakeRule));

  for (llvm::line_iterator line(**buffer); !line.is_at_eof(); ++line) {
    // "<target>: \", then one " <file> \" a line, then "<file>:".
    llvm::StringRef file = *line;
    if (!file.consume_front(" "))
      continue;
    file.consume_back(" \\");
    llvm::file_magic magic;
    if (known.count(file.str()) || !llvm::sys::fs::is_regular_file(file) ||
        llvm::identify_magic(file, magic))
      continue;
    if (magic == llvm::file_magic::elf_relocatable ||
        magic == llvm::file_magic::archive)
      warn(file + ": asked for by another input; it is linked without being "
                  "rewritten (name it on the command line)");
  }
}

llvm::Expected<int> GnuLink::run(RewriteInput rewrite) {
  if (options.threads)
    llvm::parallel::strategy = llvm::hardware_concurrency(options.threads);

  auto inputs = findGnuInputs(parsed);
  if (!inputs)
    return inputs.takeError();
  found = std::move(*inputs);
  for (const std::string &warning : found.warnings)
    warn(warning);
  for (const GnuArgument &argument : parsed)
    if (argument.option == GnuOption::Reproduce)
      warn(argument.value + ": holds the rewritten inputs under temporary "
                            "names; its response.txt will not find them");

  auto created = MemoryFiles::create(found.inputs.size());
  if (!created)
    return created.takeError();
  files = std::move(*created);
  if (llvm::Error error = rewriteAll(rewrite))
    return error;

  for (const GnuArgument &argument : parsed)
    if (argument.option == GnuOption::DependencyFile)
      dependencyFile = argument.value;
  ownDependencyFile = dependencyFile.empty();
  if (ownDependencyFile)
    dependencyFile = files->directory().str() + "/dependencies";
  llvm::FileRemover removeDependencies(dependencyFile, ownDependencyFile);

  std::vector<std::string> temporaries, originals;
  for (size_t i = 0; i != found.inputs.size(); ++i) {
    temporaries.push_back(files->path(i).str());
    originals.push_back(found.inputs[i].buffer->getBufferIdentifier().str());
  }
  NameRestorer names(files->directory(), temporaries, originals);

  NameRestoringStream outStream(names, out), errStream(names, err);
  auto status =
      runLld(lldArguments(), {lld::Gnu, &lld::elf::link}, outStream, errStream);
  if (!status)
    return status.takeError();
  if (llvm::Error error = restoreNames(names))
    return error;
  if (*status == 0)
    warnOfMissedInputs();
  return *status;
}

} // namespace

llvm::Expected<int> relinkGnu(llvm::ArrayRef<std::string> args,
                              RewriteInput rewrite,
                              const RelinkOptions &options,
                              llvm::raw_ostream &out, llvm::raw_ostream &err) {
  return GnuLink(args, options, out, err).run(rewrite);
}

} // namespace hotpad
