//===- MemoryFiles.cpp ----------------------------------------------------===//

#include "rewriter/relink/MemoryFiles.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace hotpad::relink {

namespace {

/// Descriptors left for LLD and everybody else in the process.
constexpr size_t descriptorsForOthers = 256;

llvm::Error lastError(const llvm::Twine &what) {
  return llvm::createStringError(llvm::errnoAsErrorCode(),
                                 what + ": " + llvm::sys::StrError());
}

bool writeAll(int descriptor, llvm::StringRef bytes) {
  while (!bytes.empty()) {
    ssize_t written = llvm::sys::RetryAfterSignal(-1, ::write, descriptor,
                                                  bytes.data(), bytes.size());
    if (written < 0)
      return false;
    bytes = bytes.drop_front(static_cast<size_t>(written));
  }
  return true;
}

llvm::Error writeFile(const std::string &name, llvm::StringRef bytes) {
  int descriptor =
      ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return lastError(name);
  llvm::Error error =
      writeAll(descriptor, bytes) ? llvm::Error::success() : lastError(name);
  if (::close(descriptor) != 0 && !error)
    return lastError(name);
  return error;
}

/// mkdtemp and not LLVM's createUniqueDirectory: nobody else may get in.
llvm::Expected<std::string> makeDirectory(llvm::StringRef parent) {
  llvm::SmallString<128> pattern = parent;
  if (std::error_code error = fs::make_absolute(pattern))
    return llvm::createFileError(parent, error);
  path::append(pattern, "hotpad-XXXXXX");
  std::string name = pattern.str().str();
  if (!::mkdtemp(name.data()))
    return lastError(parent);
  return name;
}

std::string temporaryDirectory() {
  llvm::SmallString<128> name;
  path::system_temp_directory(/*ErasedOnReboot=*/true, name);
  return name.str().str();
}

} // namespace

llvm::Expected<std::unique_ptr<MemoryFiles>> MemoryFiles::create(size_t count) {
  llvm::Expected<std::string> root = makeDirectory("/dev/shm");
  if (!root) {
    llvm::consumeError(root.takeError());
    root = makeDirectory(temporaryDirectory());
  }
  if (!root)
    return root.takeError();

  std::unique_ptr<MemoryFiles> result(new MemoryFiles);
  result->root = std::move(*root);
  if (llvm::StringRef(result->root).contains('='))
    return llvm::createStringError(
        result->root + ": a temporary directory must not have '=' in its path");
  result->files.resize(count);
  result->reserveDescriptors(count);
  return result;
}

MemoryFiles::~MemoryFiles() {
  for (const File &file : files) {
    if (file.descriptor >= 0)
      ::close(file.descriptor);
    if (!file.spilled.empty())
      ::unlink(file.spilled.c_str());
    if (!file.path.empty()) {
      ::unlink(file.path.c_str());
      ::rmdir(path::parent_path(file.path).str().c_str());
    }
  }
  ::rmdir(root.c_str());
  if (!spillRoot.empty())
    ::rmdir(spillRoot.c_str());
  if (limitRaised)
    ::setrlimit(RLIMIT_NOFILE, &oldLimit);
}

/// One descriptor a file is a lot: the usual soft limit is 1024. The hard one
/// is far higher and free to use.
void MemoryFiles::reserveDescriptors(size_t count) {
  rlimit limit;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  size_t wanted = count + descriptorsForOthers;
  if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
    oldLimit = limit;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    limitRaised = ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
    if (!limitRaised)
      limit = oldLimit;
  }
  if (limit.rlim_cur > descriptorsForOthers)
    descriptorBudget =
        static_cast<size_t>(limit.rlim_cur) - descriptorsForOthers;
}

bool MemoryFiles::addInMemory(File &file, llvm::StringRef bytes) {
  int descriptor = ::memfd_create("hotpad", MFD_CLOEXEC);
  if (descriptor < 0)
    return false;
  std::string target = "/proc/self/fd/" + llvm::itostr(descriptor);
  if (writeAll(descriptor, bytes) &&
      ::symlink(target.c_str(), file.path.c_str()) == 0) {
    if (::access(file.path.c_str(), R_OK) == 0) {
      file.descriptor = descriptor;
      return true;
    }
    ::unlink(file.path.c_str());
  }
  ::close(descriptor);
  return false;
}

llvm::Error MemoryFiles::spill(File &file, size_t index,
                               llvm::StringRef bytes) {
  {
    std::lock_guard<std::mutex> lock(spillMutex);
    if (spillRoot.empty()) {
      auto made = makeDirectory(temporaryDirectory());
      if (!made)
        return made.takeError();
      spillRoot = std::move(*made);
    }
  }
  file.spilled = spillRoot + "/" + llvm::utostr(index);
  if (llvm::Error error = writeFile(file.spilled, bytes))
    return error;
  if (::symlink(file.spilled.c_str(), file.path.c_str()) != 0)
    return lastError(file.path);
  return llvm::Error::success();
}

llvm::Error MemoryFiles::add(size_t index, llvm::StringRef name,
                             llvm::StringRef bytes) {
  std::string base = path::filename(name).str();
  std::replace(base.begin(), base.end(), '=', '_');
  std::string folder = root + "/" + llvm::utostr(index);
  if (::mkdir(folder.c_str(), 0700) != 0)
    return lastError(folder);

  File &file = files[index];
  file.path = folder + "/" + base;
  if (index < descriptorBudget && addInMemory(file, bytes))
    return llvm::Error::success();
  return spill(file, index, bytes);
}

} // namespace hotpad::relink
