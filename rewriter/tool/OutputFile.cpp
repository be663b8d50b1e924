//===- OutputFile.cpp -----------------------------------------------------===//

#include "rewriter/tool/OutputFile.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <system_error>

using namespace llvm;

namespace hotpad {

Error writeWholeFile(StringRef path, ArrayRef<uint8_t> bytes, StringRef like) {
  auto fail = [&](std::error_code code) {
    return createStringError(path + ": cannot be written: " + code.message());
  };
  // A device or a pipe cannot be renamed over.
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) && sys::fs::exists(status) &&
      !sys::fs::is_regular_file(status)) {
    if (sys::fs::is_directory(status))
      return fail(std::make_error_code(std::errc::is_a_directory));
    std::error_code code;
    raw_fd_ostream out(path, code);
    if (code)
      return fail(code);
    out.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    out.close();
    std::error_code written = out.error();
    out.clear_error();
    return written ? fail(written) : Error::success();
  }
  unsigned mode = sys::fs::all_read | sys::fs::owner_write;
  if (ErrorOr<sys::fs::perms> perms = sys::fs::getPermissions(like))
    mode = *perms | sys::fs::owner_write;
  Expected<sys::fs::TempFile> temporary =
      sys::fs::TempFile::create(path + ".tmp%%%%%%", mode);
  if (!temporary)
    return fail(errorToErrorCode(temporary.takeError()));
  raw_fd_ostream out(temporary->FD, /*shouldClose=*/false);
  out.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  out.flush();
  std::error_code written = out.error();
  out.clear_error();
  if (written) {
    consumeError(temporary->discard());
    return fail(written);
  }
  if (Error error = temporary->keep(path))
    return fail(errorToErrorCode(std::move(error)));
  return Error::success();
}

} // namespace hotpad
