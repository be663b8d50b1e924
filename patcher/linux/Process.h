//===- Process.h - a running process, seen from outside ---------*- C++ -*-===//
//
// Everything comes from /proc and is gone when the process is: each read may
// fail, and says so. Reading and writing memory needs the right to trace the
// process, which the kernel decides on (ptrace(2), "Ptrace access mode
// checking"); nothing here works around it.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LINUX_PROCESS_H
#define HOTPAD_PATCHER_LINUX_PROCESS_H

#include "patcher/core/Plan.h"
#include "patcher/linux/Abi.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <sys/types.h>

namespace hotpad::live {

/// A line of /proc/P/maps.
struct Mapping {
  uint64_t begin = 0, end = 0;
  bool readable = false, writable = false, executable = false;
  uint64_t fileOffset = 0;
  std::string device;
  uint64_t inode = 0; ///< 0: no file.
  std::string path;   ///< As printed; ` (deleted)` included.
};

class Process {
public:
  /// Fails when there is no such process or it may not be traced.
  static llvm::Expected<std::unique_ptr<Process>> open(pid_t pid);
  ~Process();
  Process(const Process &) = delete;

  pid_t pid() const { return number; }
  patch::Bits bits() const { return abi().bits; }
  const Abi &abi() const { return *kind; }
  /// The program's file, as the kernel names it.
  const std::string &program() const { return path; }

  llvm::Expected<std::vector<Mapping>> maps() const;
  /// Numbers of its threads, with those that ended and are not yet gone.
  llvm::Expected<std::vector<pid_t>> threads() const;
  bool isAlive(pid_t thread) const;
  /// Which process traces \p thread; 0: none.
  pid_t tracerOf(pid_t thread) const;
  /// Whether its threads keep a shadow stack, which only calls may grow.
  bool hasShadowStack() const;

  llvm::Error read(uint64_t address, llvm::MutableArrayRef<uint8_t> out) const;
  /// Whatever the page allows. What lies within one aligned word of 8 is
  /// written as that whole word.
  llvm::Error write(uint64_t address, llvm::ArrayRef<uint8_t> bytes);

  /// A path of the process's own view of the file system.
  std::string inItsRoot(llvm::StringRef path) const;

  /// `process 12: message`.
  llvm::Error error(const llvm::Twine &message) const;

private:
  Process() = default;
  pid_t number = 0;
  int memory = -1;
  const Abi *kind = nullptr;
  std::string path;
};

/// Its memory, as a plan sees it.
class ProcessMemory : public patch::Memory {
public:
  explicit ProcessMemory(Process &process) : process(process) {}
  patch::Failure read(uint64_t address, uint8_t *bytes, size_t size) override;
  patch::Failure write(uint64_t address, const uint8_t *bytes,
                       size_t size) override;

private:
  Process &process;
};

/// The same while all its threads are stopped: what was read once stays as it
/// is, but for what is written here.
class StoppedMemory : public patch::Memory {
public:
  explicit StoppedMemory(Process &process) : process(process) {}
  patch::Failure read(uint64_t address, uint8_t *bytes, size_t size) override;
  patch::Failure write(uint64_t address, const uint8_t *bytes,
                       size_t size) override;

private:
  /// The byte at \p address, and the rest of its page; null: see `failure`.
  uint8_t *at(uint64_t address, patch::Failure &failure);

  Process &process;
  llvm::DenseMap<uint64_t, std::vector<uint8_t>> pages; ///< By address.
};

std::string hex(uint64_t value);

} // namespace hotpad::live

#endif
