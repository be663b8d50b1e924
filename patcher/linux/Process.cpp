//===- Process.cpp --------------------------------------------------------===//

#include "patcher/linux/Process.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace hotpad::live {

std::string hex(uint64_t value) { return "0x" + utohexstr(value, true); }

static std::string procPath(pid_t pid, const Twine &name) {
  return ("/proc/" + Twine(pid) + "/" + name).str();
}

/// Files of /proc say they are empty.
static Expected<std::string> readProcFile(const std::string &path) {
  auto buffer = MemoryBuffer::getFileAsStream(path);
  if (!buffer)
    return errorCodeToError(buffer.getError());
  return (*buffer)->getBuffer().str();
}

Error Process::error(const Twine &message) const {
  return createStringError("process " + Twine(number) + ": " + message);
}

/// Why the kernel says no, with what to change.
static std::string permissionAdvice() {
  std::string advice = "it may not be traced: use its owner's account";
  Expected<std::string> scope =
      readProcFile("/proc/sys/kernel/yama/ptrace_scope");
  if (!scope) {
    consumeError(scope.takeError());
    return advice + ", or root's";
  }
  StringRef value = StringRef(*scope).trim();
  if (value == "1" || value == "2")
    return advice + "; kernel.yama.ptrace_scope is " + value.str() +
           ", which lets only root (CAP_SYS_PTRACE) trace a process that it "
           "did not start: `sysctl kernel.yama.ptrace_scope=0`, or run as root";
  if (value == "3")
    return advice + "; kernel.yama.ptrace_scope is 3: nobody may trace until "
                    "the next start of the system";
  return advice + ", or root's";
}

Expected<std::unique_ptr<Process>> Process::open(pid_t pid) {
  std::unique_ptr<Process> process(new Process);
  process->number = pid;
  if (pid <= 0 || (kill(pid, 0) != 0 && errno == ESRCH))
    return process->error("there is no such process");
  if (pid == getpid())
    return process->error("that is hotpad itself");
  process->memory = ::open(procPath(pid, "mem").c_str(), O_RDWR | O_CLOEXEC);
  if (process->memory < 0) {
    int code = errno;
    if (code == EACCES || code == EPERM)
      return process->error(permissionAdvice());
    return process->error("its memory cannot be opened: " +
                          Twine(std::strerror(code)));
  }
  int program = ::open(procPath(pid, "exe").c_str(), O_RDONLY | O_CLOEXEC);
  if (program < 0) {
    int code = errno;
    if (code == ENOENT)
      return process->error("it has no program: a thread of the kernel, or a "
                            "process that ended");
    return process->error("its program cannot be opened: " +
                          Twine(std::strerror(code)));
  }
  uint8_t header[20] = {};
  ssize_t got = ::read(program, header, sizeof header);
  close(program);
  if (got != ssize_t(sizeof header) ||
      std::memcmp(header, ELF::ElfMagic, 4) != 0)
    return process->error("its program is no ELF file");
  uint16_t machine = uint16_t(header[18] | header[19] << 8);
  for (patch::Bits bits : {patch::Bits::B64, patch::Bits::B32})
    if (Abi::of(bits).elfMachine == machine &&
        Abi::of(bits).elfClass == header[ELF::EI_CLASS])
      process->kind = &Abi::of(bits);
  if (!process->kind)
    return process->error("its program is for another machine (ELF machine " +
                          Twine(machine) + "); hotpad patches x86-64 and i386");
  SmallString<256> target;
  if (sys::fs::real_path(procPath(pid, "exe"), target)) {
    char link[4096];
    ssize_t length = readlink(procPath(pid, "exe").c_str(), link, sizeof link);
    target = StringRef(link, length > 0 ? size_t(length) : 0);
  }
  process->path = target.str().str();
  return process;
}

Process::~Process() {
  if (memory >= 0)
    close(memory);
}

static Expected<Mapping> parseMapping(StringRef line) {
  Mapping mapping;
  StringRef range, permissions, offset, device, inode;
  std::tie(range, line) = line.split(' ');
  std::tie(permissions, line) = line.split(' ');
  std::tie(offset, line) = line.split(' ');
  std::tie(device, line) = line.split(' ');
  std::tie(inode, line) = line.split(' ');
  auto [begin, end] = range.split('-');
  if (begin.getAsInteger(16, mapping.begin) ||
      end.getAsInteger(16, mapping.end) ||
      offset.getAsInteger(16, mapping.fileOffset) ||
      inode.getAsInteger(10, mapping.inode) || permissions.size() < 4)
    return createStringError("a line of its maps cannot be read: " + range);
  mapping.readable = permissions[0] == 'r';
  mapping.writable = permissions[1] == 'w';
  mapping.executable = permissions[2] == 'x';
  mapping.device = device.str();
  mapping.path = line.ltrim(' ').str();
  return mapping;
}

Expected<std::vector<Mapping>> Process::maps() const {
  Expected<std::string> text = readProcFile(procPath(number, "maps"));
  if (!text) {
    consumeError(text.takeError());
    return error("it ended");
  }
  std::vector<Mapping> mappings;
  SmallVector<StringRef, 0> lines;
  StringRef(*text).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    Expected<Mapping> mapping = parseMapping(line);
    if (!mapping)
      return error(toString(mapping.takeError()));
    mappings.push_back(std::move(*mapping));
  }
  if (mappings.empty())
    return error("it ended");
  return mappings;
}

Expected<std::vector<pid_t>> Process::threads() const {
  std::vector<pid_t> numbers;
  std::error_code code;
  std::string folder = procPath(number, "task");
  for (sys::fs::directory_iterator at(folder, code), end; at != end && !code;
       at.increment(code)) {
    pid_t thread = 0;
    StringRef name = StringRef(at->path()).rsplit('/').second;
    if (!name.getAsInteger(10, thread))
      numbers.push_back(thread);
  }
  if (numbers.empty())
    return error("it ended");
  return numbers;
}

/// What follows \p key in the status of a thread; empty: there is none.
static std::string statusOf(pid_t pid, pid_t thread, StringRef key) {
  Expected<std::string> status =
      readProcFile(procPath(pid, "task/" + Twine(thread) + "/status"));
  if (!status) {
    consumeError(status.takeError());
    return "";
  }
  auto [before, rest] = StringRef(*status).split(("\n" + key + ":").str());
  return rest.split('\n').first.trim().str();
}

bool Process::isAlive(pid_t thread) const {
  // One that ended stays as a zombie (Z) or dead (X).
  std::string state = statusOf(number, thread, "State");
  return !state.empty() && state[0] != 'Z' && state[0] != 'X';
}

pid_t Process::tracerOf(pid_t thread) const {
  pid_t tracer = 0;
  StringRef(statusOf(number, thread, "TracerPid")).getAsInteger(10, tracer);
  return tracer;
}

bool Process::hasShadowStack() const {
  return StringRef(statusOf(number, number, "x86_Thread_features"))
      .contains("shstk");
}

Error Process::read(uint64_t address, MutableArrayRef<uint8_t> out) const {
  while (!out.empty()) {
    ssize_t got = pread(memory, out.data(), out.size(), off_t(address));
    if (got < 0 && errno == EINTR)
      continue;
    if (got == 0)
      return error("it ended");
    if (got < 0)
      return error("cannot read " + Twine(out.size()) + " bytes at " +
                   hex(address) + ": " + std::strerror(errno));
    out = out.drop_front(size_t(got));
    address += uint64_t(got);
  }
  return Error::success();
}

Error Process::write(uint64_t address, ArrayRef<uint8_t> bytes) {
  std::vector<uint8_t> word;
  uint64_t begin = address & ~uint64_t(7);
  if (address + bytes.size() <= begin + 8 && bytes.size() != 8) {
    word.resize(8);
    if (Error failure = read(begin, word))
      return failure;
    std::copy(bytes.begin(), bytes.end(),
              word.begin() + ptrdiff_t(address - begin));
    bytes = word;
    address = begin;
  }
  while (!bytes.empty()) {
    ssize_t put = pwrite(memory, bytes.data(), bytes.size(), off_t(address));
    if (put < 0 && errno == EINTR)
      continue;
    if (put == 0)
      return error("it ended");
    if (put < 0)
      return error("cannot write " + Twine(bytes.size()) + " bytes at " +
                   hex(address) + ": " + std::strerror(errno));
    bytes = bytes.drop_front(size_t(put));
    address += uint64_t(put);
  }
  return Error::success();
}

std::string Process::inItsRoot(StringRef path) const {
  return procPath(number, "root") + path.str();
}

static patch::Failure failureOf(Error error) {
  if (!error)
    return std::nullopt;
  return toString(std::move(error));
}

patch::Failure ProcessMemory::read(uint64_t address, uint8_t *bytes,
                                   size_t size) {
  return failureOf(process.read(address, MutableArrayRef(bytes, size)));
}

patch::Failure ProcessMemory::write(uint64_t address, const uint8_t *bytes,
                                    size_t size) {
  return failureOf(process.write(address, ArrayRef(bytes, size)));
}

uint8_t *StoppedMemory::at(uint64_t address, patch::Failure &failure) {
  constexpr uint64_t kPageSize = 4096;
  std::vector<uint8_t> &page = pages[address & -kPageSize];
  if (page.empty()) {
    std::vector<uint8_t> bytes(kPageSize);
    failure = failureOf(process.read(address & -kPageSize, bytes));
    if (failure)
      return nullptr;
    page = std::move(bytes);
  }
  return page.data() + (address & (kPageSize - 1));
}

patch::Failure StoppedMemory::read(uint64_t address, uint8_t *bytes,
                                   size_t size) {
  patch::Failure failure;
  for (size_t i = 0; i != size; ++i) {
    const uint8_t *byte = at(address + i, failure);
    if (!byte)
      return failure;
    bytes[i] = *byte;
  }
  return std::nullopt;
}

patch::Failure StoppedMemory::write(uint64_t address, const uint8_t *bytes,
                                    size_t size) {
  patch::Failure failure;
  for (size_t i = 0; i != size; ++i) {
    uint8_t *byte = at(address + i, failure);
    if (!byte)
      return failure;
    *byte = bytes[i];
  }
  uint64_t begin = address & ~uint64_t(7);
  uint64_t end = (address + size + 7) & ~uint64_t(7);
  std::vector<uint8_t> words(end - begin);
  if ((failure = read(begin, words.data(), words.size())))
    return failure;
  return failureOf(process.write(begin, words));
}

} // namespace hotpad::live
