//===- GnuInputs.cpp ------------------------------------------------------===//

#include "rewriter/relink/GnuInputs.h"
#include "rewriter/relink/LinkerScript.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/Path.h"
#include <optional>

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace hotpad::relink {

namespace {

/// Scripts that include each other end here.
constexpr unsigned maxScriptDepth = 16;

class Finder {
public:
  explicit Finder(llvm::ArrayRef<GnuArgument> arguments)
      : arguments(arguments) {}

  llvm::Expected<GnuInputs> run();

private:
  // What holds for the whole command line.
  void readGlobalOptions();
  void addRemap(llvm::StringRef line);
  void addRemapFile(llvm::StringRef name);

  // How a name becomes a file.
  std::string remapped(llvm::StringRef name) const;
  std::optional<std::string> findIn(llvm::StringRef directory,
                                    const llvm::Twine &file) const;
  std::optional<std::string> findFile(llvm::StringRef file) const;
  std::optional<std::string> findLibrary(llvm::StringRef name) const;
  bool isUnderSysroot(llvm::StringRef script) const;

  // Inputs.
  void addFile(llvm::StringRef name);
  void addLibrary(llvm::StringRef name);
  void addScript(llvm::StringRef name);
  void addScriptInput(llvm::StringRef script, llvm::StringRef name);
  void readScript(llvm::StringRef name, llvm::StringRef text);
  void walk();

  llvm::ArrayRef<GnuArgument> arguments;
  std::vector<std::string> searchPaths;
  std::string sysroot;
  std::string chroot;
  bool noStdlib = false;
  bool relocatable = false;
  llvm::StringMap<std::string> remaps;
  std::vector<std::pair<llvm::GlobPattern, std::string>> remapPatterns;

  bool isStatic = false;
  bool isBinary = false;
  unsigned scriptDepth = 0;
  llvm::StringMap<bool> seen;
  GnuInputs result;
};

void Finder::readGlobalOptions() {
  for (const GnuArgument &argument : arguments) {
    switch (argument.option) {
    case GnuOption::LibraryPath:
      searchPaths.push_back(argument.value);
      break;
    case GnuOption::Sysroot:
      sysroot = argument.value;
      break;
    case GnuOption::Chroot:
      chroot = argument.value;
      break;
    case GnuOption::NoStdlib:
      noStdlib = true;
      break;
    case GnuOption::Relocatable:
      relocatable = true;
      break;
    default:
      break;
    }
  }
  for (const GnuArgument &argument : arguments) {
    if (argument.option == GnuOption::RemapInputs)
      addRemap(argument.value);
    else if (argument.option == GnuOption::RemapInputsFile)
      addRemapFile(argument.value);
  }
}

void Finder::addRemap(llvm::StringRef line) {
  auto [from, to] = line.split('=');
  if (from.find_first_of("?*[") == llvm::StringRef::npos)
    remaps[from] = to.str();
  else if (auto pattern = llvm::GlobPattern::create(from))
    remapPatterns.emplace_back(std::move(*pattern), to.str());
  else
    llvm::consumeError(pattern.takeError()); // LLD reports it.
}

void Finder::addRemapFile(llvm::StringRef name) {
  auto buffer = llvm::MemoryBuffer::getFile(remapped(name));
  if (!buffer)
    return;
  for (llvm::line_iterator line(**buffer, /*SkipBlanks=*/true, '#');
       !line.is_at_eof(); ++line)
    addRemap(line->trim());
}

/// The path LLD opens when it is asked for \p name.
std::string Finder::remapped(llvm::StringRef name) const {
  std::string full = name.starts_with("/") ? chroot + name.str() : name.str();
  auto exact = remaps.find(full);
  if (exact != remaps.end())
    return exact->second;
  for (const auto &[pattern, to] : remapPatterns)
    if (pattern.match(full))
      return to;
  return full;
}

/// A directory that starts with '=' is inside the sysroot.
std::optional<std::string> Finder::findIn(llvm::StringRef directory,
                                          const llvm::Twine &file) const {
  llvm::SmallString<128> full;
  if (directory.consume_front("="))
    path::append(full, sysroot, directory, file);
  else
    path::append(full, directory, file);
  if (fs::exists(full))
    return full.str().str();
  return std::nullopt;
}

std::optional<std::string> Finder::findFile(llvm::StringRef file) const {
  for (llvm::StringRef directory : searchPaths)
    if (auto found = findIn(directory, file))
      return found;
  return std::nullopt;
}

/// Directory by directory, and in each the shared library first.
std::optional<std::string> Finder::findLibrary(llvm::StringRef name) const {
  if (name.consume_front(":"))
    return findFile(name);
  for (llvm::StringRef directory : searchPaths) {
    if (!isStatic)
      if (auto found = findIn(directory, "lib" + name + ".so"))
        return found;
    if (auto found = findIn(directory, "lib" + name + ".a"))
      return found;
  }
  return std::nullopt;
}

bool Finder::isUnderSysroot(llvm::StringRef script) const {
  if (!sysroot.empty())
    for (; !script.empty(); script = path::parent_path(script))
      if (fs::equivalent(sysroot, script))
        return true;
  return false;
}

void Finder::addFile(llvm::StringRef name) {
  std::string file = remapped(name);
  if (isBinary) {
    result.notCode.insert(file);
    return;
  }
  if (!fs::exists(file) || fs::is_directory(file))
    return; // LLD has the message for it.
  if (!fs::is_regular_file(file)) {
    if (file != "/dev/null")
      result.warnings.push_back(
          file + ": not a regular file; it is linked without being rewritten");
    return;
  }

  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return;
  llvm::file_magic magic = llvm::identify_magic((*buffer)->getBuffer());
  if (magic == llvm::file_magic::unknown) {
    readScript(file, (*buffer)->getBuffer());
    return;
  }
  std::string key = name.starts_with("/") ? chroot + name.str() : name.str();
  if (!seen.try_emplace(key, true).second)
    return;
  if (magic == llvm::file_magic::bitcode)
    result.warnings.push_back(file + ": LLVM bitcode; what LLD compiles it to "
                                     "is linked without being rewritten");
  else if (magic == llvm::file_magic::elf_relocatable ||
           magic == llvm::file_magic::archive)
    result.inputs.push_back({key, std::move(*buffer)});
}

void Finder::addLibrary(llvm::StringRef name) {
  if (auto found = findLibrary(name))
    addFile(*found);
}

/// A script can be named by its path or found like a library.
void Finder::addScript(llvm::StringRef name) {
  std::optional<std::string> found = name.str();
  if (!fs::exists(name))
    found = findFile(name);
  if (!found)
    return;
  std::string file = remapped(*found);
  if (auto buffer = llvm::MemoryBuffer::getFile(file))
    readScript(file, (*buffer)->getBuffer());
}

void Finder::readScript(llvm::StringRef name, llvm::StringRef text) {
  if (scriptDepth == maxScriptDepth)
    return;
  ++scriptDepth;
  for (const ScriptCommand &command : parseLinkerScript(text)) {
    switch (command.kind) {
    case ScriptCommand::Input:
      addScriptInput(name, command.name);
      break;
    case ScriptCommand::SearchDir:
      if (!noStdlib)
        searchPaths.push_back(command.name);
      break;
    case ScriptCommand::Include:
      addScript(command.name);
      break;
    }
  }
  --scriptDepth;
}

void Finder::addScriptInput(llvm::StringRef script, llvm::StringRef name) {
  if (name.starts_with("/")) {
    addFile(isUnderSysroot(script) ? sysroot + name.str() : name.str());
  } else if (name.consume_front("=")) {
    addFile(sysroot.empty() ? name.str() : sysroot + "/" + name.str());
  } else if (name.consume_front("-l")) {
    addLibrary(name);
  } else {
    llvm::SmallString<128> beside = path::parent_path(script);
    if (!beside.empty()) {
      path::append(beside, name);
      if (fs::exists(beside)) {
        addFile(beside);
        return;
      }
    }
    if (fs::exists(name))
      addFile(name);
    else if (auto found = findFile(name))
      addFile(*found);
  }
}

void Finder::walk() {
  isStatic = relocatable;
  std::vector<bool> states;
  std::string defaultScript;
  bool hasScript = false;
  for (const GnuArgument &argument : arguments) {
    switch (argument.option) {
    case GnuOption::Input:
      addFile(argument.value);
      break;
    case GnuOption::Library:
      addLibrary(argument.value);
      break;
    case GnuOption::Format:
      isBinary = argument.value == "binary";
      break;
    case GnuOption::Script:
      addScript(argument.value);
      hasScript = true;
      break;
    case GnuOption::DefaultScript:
      defaultScript = argument.value;
      break;
    case GnuOption::SymbolsOnly:
      result.notCode.insert(remapped(argument.value));
      break;
    case GnuOption::Static:
      isStatic = true;
      break;
    case GnuOption::Dynamic:
      isStatic = relocatable;
      break;
    case GnuOption::PushState:
      states.push_back(isStatic);
      break;
    case GnuOption::PopState:
      if (!states.empty()) {
        isStatic = states.back();
        states.pop_back();
      }
      break;
    default:
      break;
    }
  }
  if (!defaultScript.empty() && !hasScript)
    addScript(defaultScript);
}

llvm::Expected<GnuInputs> Finder::run() {
  readGlobalOptions();
  walk();
  for (const GnuInput &input : result.inputs) {
    std::string file = input.buffer->getBufferIdentifier().str();
    if (result.notCode.count(file))
      return llvm::createStringError(
          file + ": named both as an input to link and as data or for its "
                 "symbols only (--format=binary, --just-symbols); copy the "
                 "file and name the copy in one of the places");
  }
  return std::move(result);
}

} // namespace

llvm::Expected<GnuInputs> findGnuInputs(llvm::ArrayRef<GnuArgument> arguments) {
  return Finder(arguments).run();
}

} // namespace hotpad::relink
