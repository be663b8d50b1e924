//===- LinkInputs.cpp -----------------------------------------------------===//

#include "rewriter/relink/LinkInputs.h"
#include "rewriter/relink/Directives.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <map>

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace hotpad::relink {

namespace {

class Finder {
public:
  explicit Finder(llvm::ArrayRef<LinkArgument> arguments)
      : arguments(arguments) {}

  llvm::Expected<LinkInputs> run();

private:
  llvm::Error readGlobalOptions();

  // How a name becomes a file. What is not found stays a name.
  std::string findFile(llvm::StringRef name) const;
  std::string findLibrary(llvm::StringRef name) const;

  void addFile(const std::string &file);
  void addDefaultLibrary(llvm::StringRef name);

  llvm::ArrayRef<LinkArgument> arguments;
  std::vector<std::string> searchPaths = {""};
  bool isMinGW = false;
  bool noDefaultLibraries = false;
  llvm::StringSet<> notDefault; ///< Files, in lower case.
  llvm::StringSet<> asked;      ///< Default libraries, in lower case.
  std::map<fs::UniqueID, size_t> known;
  LinkInputs result;
};

llvm::Error Finder::readGlobalOptions() {
  std::string overlay;
  bool noEnvironment = false;
  for (const LinkArgument &argument : arguments) {
    switch (argument.option) {
    case LinkOption::LibraryPath:
      searchPaths.push_back(argument.value);
      break;
    case LinkOption::Overlay:
      overlay = argument.value;
      break;
    case LinkOption::MinGW:
      isMinGW = true;
      break;
    case LinkOption::IgnoreEnvironment:
      noEnvironment = true;
      break;
    default:
      break;
    }
  }
  auto environment = llvm::sys::Process::GetEnv("LIB");
  if (environment && !noEnvironment && !isMinGW)
    for (llvm::StringRef folder : llvm::split(*environment, ';'))
      searchPaths.push_back(folder.str());
  if (overlay.empty())
    return llvm::Error::success();
  auto read = PathOverlay::read(overlay);
  if (!read)
    return read.takeError();
  result.overlay = std::move(*read);
  return llvm::Error::success();
}

std::string Finder::findFile(llvm::StringRef name) const {
  if (path::is_absolute(name))
    return name.str();
  for (llvm::StringRef folder : searchPaths) {
    llvm::SmallString<128> full = folder;
    path::append(full, name);
    if (fs::exists(result.overlay.resolve(full)))
      return full.str().str();
    if (name.contains('.'))
      continue;
    full += ".obj";
    if (fs::exists(result.overlay.resolve(full)))
      return full.str().str();
  }
  return name.str();
}

std::string Finder::findLibrary(llvm::StringRef name) const {
  std::string file = name.str();
  if (!name.contains('.'))
    file += ".lib";
  std::string found = findFile(file);
  if (!isMinGW || found != file || name.find_first_of("/\\") != name.npos)
    return found;
  llvm::SmallString<128> gnu = llvm::StringRef(file);
  path::replace_extension(gnu, ".a");
  return findFile(("lib" + gnu).str());
}

void Finder::addFile(const std::string &name) {
  std::string file = result.overlay.resolve(name);
  if (!fs::exists(file) || fs::is_directory(file))
    return; // LLD has the message for it.
  if (!fs::is_regular_file(file)) {
    if (file != "/dev/null")
      result.warnings.push_back(
          file + ": not a regular file; it is linked without being rewritten");
    return;
  }
  fs::UniqueID id;
  if (fs::getUniqueID(file, id))
    return;
  std::string asked = overlayPath(name);
  auto [it, isNew] = known.try_emplace(id, result.inputs.size());
  if (!isNew) {
    if (it->second == ~size_t(0))
      return;
    std::vector<std::string> &paths = result.inputs[it->second].paths;
    if (!llvm::is_contained(paths, asked))
      paths.push_back(asked);
    return;
  }
  it->second = ~size_t(0);
  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return;
  llvm::file_magic magic = llvm::identify_magic((*buffer)->getBuffer());
  if (magic == llvm::file_magic::bitcode) {
    result.warnings.push_back(file + ": LLVM bitcode; what LLD compiles it to "
                                     "is linked without being rewritten");
    return;
  }
  if (magic != llvm::file_magic::coff_object &&
      magic != llvm::file_magic::archive)
    return;
  it->second = result.inputs.size();
  llvm::MemoryBufferRef bytes = (*buffer)->getMemBufferRef();
  result.inputs.push_back({{asked}, std::move(*buffer)});
  for (const std::string &library : defaultLibrariesOf(bytes))
    addDefaultLibrary(library);
}

void Finder::addDefaultLibrary(llvm::StringRef name) {
  if (noDefaultLibraries || !asked.insert(name.lower()).second)
    return;
  std::string file = findLibrary(name);
  if (!notDefault.contains(
          llvm::StringRef(result.overlay.resolve(file)).lower()))
    addFile(file);
}

llvm::Expected<LinkInputs> Finder::run() {
  if (llvm::Error error = readGlobalOptions())
    return error;
  for (const LinkArgument &argument : arguments) {
    if (argument.option != LinkOption::NoDefaultLibrary)
      continue;
    if (argument.value.empty())
      noDefaultLibraries = true;
    else
      notDefault.insert(
          llvm::StringRef(result.overlay.resolve(findLibrary(argument.value)))
              .lower());
  }
  for (const LinkArgument &argument : arguments) {
    if (argument.option == LinkOption::Input ||
        (argument.option == LinkOption::WholeArchive &&
         !argument.value.empty()))
      addFile(findFile(argument.value));
    else if (argument.option == LinkOption::DefaultLibrary)
      addDefaultLibrary(argument.value);
  }
  return std::move(result);
}

} // namespace

llvm::Expected<LinkInputs>
findLinkInputs(llvm::ArrayRef<LinkArgument> arguments) {
  return Finder(arguments).run();
}

} // namespace hotpad::relink
