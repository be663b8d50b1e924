//===- OutputFile.cpp -----------------------------------------------------===//

#include "rewriter/tool/OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"
#include <system_error>

using namespace llvm;

namespace hotpad {

static Error cannotWrite(StringRef path, std::error_code code) {
  return createStringError(path + ": cannot be written: " + code.message());
}

/// Writes everything to \p descriptor, which stays open.
static std::error_code writeAll(int descriptor, const FileBytes &bytes) {
  raw_fd_ostream out(descriptor, /*shouldClose=*/false, /*unbuffered=*/true);
  bytes.forEachPiece(
      [&](ArrayRef<uint8_t> piece) { out << toStringRef(piece); });
  out.flush();
  std::error_code code = out.error();
  out.clear_error();
  return code;
}

Expected<PendingFile> PendingFile::write(StringRef path, const FileBytes &bytes,
                                         StringRef like) {
  PendingFile file;
  file.path = path.str();
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) && sys::fs::exists(status) &&
      !sys::fs::is_regular_file(status)) {
    if (sys::fs::is_directory(status))
      return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
    file.direct = bytes.read(0, bytes.size());
    return file;
  }
  unsigned mode = sys::fs::all_read | sys::fs::owner_write;
  if (ErrorOr<sys::fs::perms> perms = sys::fs::getPermissions(like))
    mode = *perms | sys::fs::owner_write;
  Expected<sys::fs::TempFile> temporary =
      sys::fs::TempFile::create(path + ".tmp%%%%%%", mode);
  if (!temporary)
    return cannotWrite(path, errorToErrorCode(temporary.takeError()));
  file.temporary = std::move(*temporary);
  if (std::error_code code = writeAll(file.temporary->FD, bytes))
    return cannotWrite(path, code);
  return file;
}

PendingFile::~PendingFile() {
  if (temporary)
    consumeError(temporary->discard());
}

Error PendingFile::commit() {
  if (temporary) {
    Error error = temporary->keep(path);
    temporary.reset();
    return error ? cannotWrite(path, errorToErrorCode(std::move(error)))
                 : Error::success();
  }
  std::error_code code;
  raw_fd_ostream out(path, code);
  if (!code) {
    out.write(reinterpret_cast<const char *>(direct.data()), direct.size());
    out.close();
    code = out.error();
    out.clear_error();
  }
  return code ? cannotWrite(path, code) : Error::success();
}

} // namespace hotpad
