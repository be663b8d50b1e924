//===- PathOverlay.h - other files behind LLD's back ------------*- C++ -*-===//
//
// lld-link asks a *virtual file system* where each path leads before it opens
// it, and /vfsoverlay:FILE says what that answers: a YAML file of
//
//     <path that is asked for>  ->  <path that is opened>
//
// So a rewritten input keeps its place and its way of being found, whether it
// is an argument, found along /libpath, or asked for by an object. The option
// is there once. Who links against the Windows SDK on Linux uses it already, to
// have names in any case found: such a file is read, and ours is both.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_RELINK_PATHOVERLAY_H
#define HOTPAD_REWRITER_RELINK_PATHOVERLAY_H

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <string>

namespace hotpad::relink {

class PathOverlay {
public:
  /// Reads the file that /vfsoverlay names.
  static llvm::Expected<PathOverlay> read(llvm::StringRef file);

  /// The path LLD opens when it looks for \p path.
  std::string resolve(llvm::StringRef path) const;

  /// The contents of an overlay file with these mappings and \p replaced,
  /// which says for absolute paths what is opened in their place, be they
  /// asked for or led to by a mapping.
  std::string write(const llvm::StringMap<std::string> &replaced) const;

private:
  llvm::IntrusiveRefCntPtr<llvm::vfs::RedirectingFileSystem> mappings;
};

/// \p path absolute and without . and .., as an overlay compares paths.
std::string overlayPath(llvm::StringRef path);

} // namespace hotpad::relink

#endif
