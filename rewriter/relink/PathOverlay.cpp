//===- PathOverlay.cpp ----------------------------------------------------===//

#include "rewriter/relink/PathOverlay.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"
#include "llvm/Support/raw_ostream.h"

namespace vfs = llvm::vfs;

namespace hotpad::relink {

std::string overlayPath(llvm::StringRef path) {
  llvm::SmallString<128> full = path;
  // Fails only where there is no current directory.
  static_cast<void>(llvm::sys::fs::make_absolute(full));
  llvm::sys::path::remove_dots(full, /*remove_dot_dot=*/true);
  return full.str().str();
}

/// The file system does not say, but it tells: 'f' finds 'F' or not.
static bool ignoresCase(vfs::RedirectingFileSystem &mappings,
                        llvm::ArrayRef<vfs::YAMLVFSEntry> entries) {
  for (const vfs::YAMLVFSEntry &entry : entries) {
    std::string upper = llvm::StringRef(entry.VPath).upper();
    if (upper == entry.VPath)
      upper = llvm::StringRef(entry.VPath).lower();
    if (upper != entry.VPath)
      return mappings.exists(upper) && !llvm::sys::fs::exists(upper);
  }
  return false;
}

llvm::Expected<PathOverlay> PathOverlay::read(llvm::StringRef file) {
  auto buffer = llvm::MemoryBuffer::getFile(file);
  if (!buffer)
    return llvm::createFileError(file, buffer.getError());
  std::string message;
  auto note = [](const llvm::SMDiagnostic &diagnostic, void *text) {
    *static_cast<std::string *>(text) = diagnostic.getMessage().str();
  };
  PathOverlay overlay;
  overlay.mappings = vfs::RedirectingFileSystem::create(
      std::move(*buffer), note, file, &message, vfs::getRealFileSystem());
  if (!overlay.mappings)
    return llvm::createStringError(file + ": no overlay of paths: " + message);
  return overlay;
}

std::string PathOverlay::resolve(llvm::StringRef path) const {
  if (mappings)
    if (auto status = mappings->status(path))
      return status->getName().str();
  return path.str();
}

std::string
PathOverlay::write(const llvm::StringMap<std::string> &replaced) const {
  llvm::SmallVector<vfs::YAMLVFSEntry, 0> entries;
  if (mappings)
    vfs::collectVFSEntries(*mappings, entries);
  bool anyCase = mappings && ignoresCase(*mappings, entries);

  std::string text;
  llvm::raw_string_ostream out(text);
  llvm::StringRef separator;
  auto add = [&](llvm::StringRef from, llvm::StringRef to, bool isDirectory) {
    out << separator << "{ \"name\": \"" << llvm::yaml::escape(from)
        << "\", \"type\": \"" << (isDirectory ? "directory-remap" : "file")
        << "\", \"external-contents\": \"" << llvm::yaml::escape(to)
        << "\" }\n";
    separator = ", ";
  };
  out << "{ \"version\": 0, \"case-sensitive\": \""
      << (anyCase ? "false" : "true") << "\", \"roots\": [\n";
  // Of two mappings of one path the first counts.
  for (const auto &entry : replaced)
    add(entry.getKey(), entry.getValue(), false);
  for (const vfs::YAMLVFSEntry &entry : entries) {
    auto other = replaced.find(overlayPath(entry.RPath));
    bool isReplaced = !entry.IsDirectory && other != replaced.end();
    add(entry.VPath,
        isReplaced ? llvm::StringRef(other->getValue())
                   : llvm::StringRef(entry.RPath),
        entry.IsDirectory);
  }
  out << "] }\n";
  return text;
}

} // namespace hotpad::relink
