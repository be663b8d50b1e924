//===- InputFile.cpp ------------------------------------------------------===//

#include "rewriter/tool/InputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace hotpad {

Expected<std::unique_ptr<MemoryBuffer>> readInput(StringRef path) {
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) &&
      (status.type() == sys::fs::file_type::character_file ||
       status.type() == sys::fs::file_type::block_file))
    return createStringError(path + ": a device, not a file");
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createStringError(path + ": " + buffer.getError().message());
  return std::move(*buffer);
}

/// The folder by its only name, the file as given: it may be yet to come.
static SmallString<128> placeOf(StringRef path) {
  SmallString<128> full(path), folder;
  if (sys::fs::make_absolute(full))
    return full;
  if (sys::fs::real_path(sys::path::parent_path(full), folder)) {
    sys::path::remove_dots(full, /*remove_dot_dot=*/true);
    return full;
  }
  sys::path::append(folder, sys::path::filename(full));
  return folder;
}

bool isSamePlace(StringRef a, StringRef b) {
  return sys::fs::equivalent(a, b) || placeOf(a) == placeOf(b);
}

} // namespace hotpad
