//===- Process.h - a running process of Windows -----------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_WINDOWS_PROCESS_H
#define HOTPAD_PATCHER_WINDOWS_PROCESS_H

#include "patcher/core/Plan.h"
#include "patcher/windows/Message.h"
#include <memory>
#include <span>
#include <windows.h>

namespace hotpad::windows {

struct CloseHandleOf {
  void operator()(HANDLE handle) const { CloseHandle(handle); }
};
using Handle = std::unique_ptr<void, CloseHandleOf>;

/// A program or DLL that a process has loaded.
struct Module {
  std::string path;
  uint64_t base = 0;
};

/// Pages of one kind.
struct Region {
  uint64_t begin = 0, size = 0;
  DWORD state = 0, type = 0, protection = 0;
  bool isAllocation = false; ///< One begins here.
};

/// A thread that was started in the process did not end: it may still use what
/// it was given.
struct StillRunning : Error {
  explicit StillRunning(const Error &error) : Error(error) {}
};

class Process : public patch::Memory {
public:
  /// What one program and its process are made of: this very one's width.
  static constexpr patch::Bits kBits =
      sizeof(void *) == 8 ? patch::Bits::B64 : patch::Bits::B32;

  explicit Process(uint32_t pid);

  uint32_t pid() const { return number; }
  /// `process 12: ` and \p what; or that it has ended meanwhile.
  Error error(const std::string &what) const;
  /// The same, for a call that has just failed.
  Error systemError(const std::string &what) const;
  bool isDebugged() const; ///< By any debugger.

  std::vector<Module> modules() const; ///< The program itself first.
  std::vector<Region> regions() const;

  patch::Failure read(uint64_t address, uint8_t *bytes, size_t size) override;
  /// Writes, whatever the page allows, and leaves it as it was protected.
  patch::Failure write(uint64_t address, const uint8_t *bytes,
                       size_t size) override;
  void readAll(uint64_t address, std::span<uint8_t> bytes);

  /// Memory that holds \p bytes and then has \p protection. With \p beside, all
  /// of it is within 2 GB of that, and of what is up to \p length behind it.
  uint64_t place(std::span<const uint8_t> bytes, DWORD protection);
  uint64_t reserveNear(uint64_t beside, uint64_t length, size_t size);
  void fill(uint64_t address, std::span<const uint8_t> bytes, DWORD protection);
  void giveBack(uint64_t address);

  /// Runs \p function with one argument in a new thread of the process, and
  /// waits for its result, of which Windows keeps 32 bits. Throws StillRunning.
  uint32_t call(uint64_t function, uint64_t argument);
  /// Where the function of \p dll, one of the system's, is in the process.
  uint64_t systemFunction(const char *dll, const char *name) const;

private:
  uint32_t number;
  Handle handle;
};

} // namespace hotpad::windows

#endif
