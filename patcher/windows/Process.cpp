//===- Process.cpp --------------------------------------------------------===//

#include "patcher/windows/Process.h"
#include <algorithm>
#include <psapi.h>

namespace hotpad::windows {

namespace {

void *pointer(uint64_t address) {
  return reinterpret_cast<void *>(static_cast<uintptr_t>(address));
}

uint64_t number(const void *address) {
  return reinterpret_cast<uintptr_t>(address);
}

std::string modulePath(HANDLE process, HMODULE module) {
  std::wstring path(MAX_PATH, L'\0');
  for (;;) {
    DWORD length = GetModuleFileNameExW(process, module, path.data(),
                                        static_cast<DWORD>(path.size()));
    if (length < path.size()) {
      path.resize(length);
      return utf8(path);
    }
    path.resize(path.size() * 2);
  }
}

} // namespace

Process::Process(uint32_t pid)
    : number(pid),
      handle(OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ |
                             PROCESS_VM_WRITE | PROCESS_VM_OPERATION |
                             PROCESS_CREATE_THREAD | SYNCHRONIZE,
                         FALSE, pid)) {
  if (handle)
    return;
  DWORD code = GetLastError();
  if (code == ERROR_INVALID_PARAMETER)
    throw Error("no process has the number " + std::to_string(pid));
  if (code == ERROR_ACCESS_DENIED)
    throw Error("process " + std::to_string(pid) +
                " may not be changed: that takes the user who started it, or "
                "an administrator");
  throw Error("process " + std::to_string(pid) +
              " cannot be opened: " + systemMessage(code));
}

Error Process::error(const std::string &what) const {
  std::string text = "process " + std::to_string(number);
  if (handle && WaitForSingleObject(handle.get(), 0) == WAIT_OBJECT_0)
    return Error(text + " has ended");
  return Error(text + ": " + what);
}

Error Process::systemError(const std::string &what) const {
  DWORD code = GetLastError();
  return error(what + ": " + systemMessage(code));
}

bool Process::isDebugged() const {
  BOOL answer = FALSE;
  return CheckRemoteDebuggerPresent(handle.get(), &answer) && answer;
}

std::vector<Module> Process::modules() const {
  std::vector<HMODULE> handles(256);
  for (;;) {
    DWORD needed = 0;
    DWORD room = static_cast<DWORD>(handles.size() * sizeof(HMODULE));
    if (!EnumProcessModulesEx(handle.get(), handles.data(), room, &needed,
                              LIST_MODULES_ALL))
      throw systemError("its modules cannot be listed");
    size_t count = needed / sizeof(HMODULE);
    bool fits = needed <= room;
    handles.resize(count);
    if (fits)
      break;
  }
  std::vector<Module> result;
  for (HMODULE module : handles)
    result.push_back({modulePath(handle.get(), module),
                      windows::number(reinterpret_cast<void *>(module))});
  return result;
}

std::vector<Region> Process::regions() const {
  std::vector<Region> result;
  MEMORY_BASIC_INFORMATION info;
  uint64_t address = 0;
  while (VirtualQueryEx(handle.get(), pointer(address), &info, sizeof info) ==
         sizeof info) {
    uint64_t begin = windows::number(info.BaseAddress);
    bool begins =
        info.State != MEM_FREE && info.AllocationBase == info.BaseAddress;
    result.push_back(
        {begin, info.RegionSize, info.State, info.Type, info.Protect, begins});
    uint64_t next = begin + info.RegionSize;
    if (next <= address || next > UINTPTR_MAX)
      break;
    address = next;
  }
  return result;
}

patch::Failure Process::read(uint64_t address, uint8_t *bytes, size_t size) {
  SIZE_T done = 0;
  if (ReadProcessMemory(handle.get(), pointer(address), bytes, size, &done) &&
      done == size)
    return std::nullopt;
  return systemError("cannot read at " + hex(address)).what();
}

void Process::readAll(uint64_t address, std::span<uint8_t> bytes) {
  if (patch::Failure failure = read(address, bytes.data(), bytes.size()))
    throw Error(*failure);
}

patch::Failure Process::write(uint64_t address, const uint8_t *bytes,
                              size_t size) {
  auto isWritten = [&] {
    SIZE_T done = 0;
    return WriteProcessMemory(handle.get(), pointer(address), bytes, size,
                              &done) &&
           done == size;
  };
  patch::Failure failure;
  // For the sake of debuggers this writes to code as it is protected, so that
  // nobody's death can leave code writable. Where it does not, protection is
  // lifted for that long.
  DWORD before = 0, ignored = 0;
  if (!isWritten()) {
    if (!VirtualProtectEx(handle.get(), pointer(address), size,
                          PAGE_EXECUTE_READWRITE, &before))
      return systemError("cannot make memory at " + hex(address) + " writable")
          .what();
    if (!isWritten())
      failure = systemError("cannot write at " + hex(address)).what();
    if (!VirtualProtectEx(handle.get(), pointer(address), size, before,
                          &ignored) &&
        !failure)
      failure =
          systemError("cannot protect memory at " + hex(address) + " again")
              .what();
  }
  FlushInstructionCache(handle.get(), pointer(address), size);
  return failure;
}

uint64_t Process::reserveNear(uint64_t beside, uint64_t length, size_t size) {
  constexpr uint64_t kGranularity = 0x10000, kReach = 0x7ff00000;
  uint64_t low =
      beside + length > kReach ? beside + length - kReach : kGranularity;
  uint64_t high = kBits == patch::Bits::B64 ? beside + kReach : UINT32_MAX;
  if (kBits == patch::Bits::B32)
    low = kGranularity;
  for (const Region &region : regions()) {
    if (region.state != MEM_FREE)
      continue;
    uint64_t begin = std::max(region.begin, low);
    begin = (begin + kGranularity - 1) / kGranularity * kGranularity;
    if (begin + size > std::min(region.begin + region.size, high))
      continue;
    if (VirtualAllocEx(handle.get(), pointer(begin), size,
                       MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE))
      return begin;
  }
  throw error("no memory is free within 2 GB of " + hex(beside));
}

uint64_t Process::place(std::span<const uint8_t> bytes, DWORD protection) {
  void *memory = VirtualAllocEx(handle.get(), nullptr, bytes.size(),
                                MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!memory)
    throw systemError("cannot have memory");
  uint64_t address = windows::number(memory);
  try {
    fill(address, bytes, protection);
  } catch (const Error &) {
    giveBack(address);
    throw;
  }
  return address;
}

void Process::fill(uint64_t address, std::span<const uint8_t> bytes,
                   DWORD protection) {
  if (patch::Failure failure = write(address, bytes.data(), bytes.size()))
    throw Error(*failure);
  DWORD ignored = 0;
  if (!VirtualProtectEx(handle.get(), pointer(address), bytes.size(),
                        protection, &ignored))
    throw systemError("cannot protect memory at " + hex(address));
  FlushInstructionCache(handle.get(), pointer(address), bytes.size());
}

void Process::giveBack(uint64_t address) {
  VirtualFreeEx(handle.get(), pointer(address), 0, MEM_RELEASE);
}

uint32_t Process::call(uint64_t function, uint64_t argument) {
  constexpr DWORD kMilliseconds = 30000;
  Handle thread(CreateRemoteThread(
      handle.get(), nullptr, 0,
      reinterpret_cast<LPTHREAD_START_ROUTINE>(pointer(function)),
      pointer(argument), 0, nullptr));
  if (!thread)
    throw systemError("no thread can be started in it");
  HANDLE either[] = {thread.get(), handle.get()};
  if (WaitForMultipleObjects(2, either, FALSE, kMilliseconds) == WAIT_TIMEOUT)
    throw StillRunning(error("the thread started in it to load or unload a DLL "
                             "did not end in 30 seconds"));
  DWORD result = 0;
  if (!GetExitCodeThread(thread.get(), &result))
    throw systemError("the thread started in it was lost");
  if (WaitForSingleObject(handle.get(), 0) == WAIT_OBJECT_0)
    throw error("has ended");
  return result;
}

uint64_t Process::systemFunction(const char *dll, const char *name) const {
  // Exports may be forwarded: the code is where it says it is.
  auto function = reinterpret_cast<const wchar_t *>(
      reinterpret_cast<void *>(GetProcAddress(GetModuleHandleA(dll), name)));
  HMODULE home = nullptr;
  if (!function ||
      !GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                              GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                          function, &home))
    throw Error(std::string(dll) + " has no " + name);
  std::string path = fileName(modulePath(GetCurrentProcess(), home));
  for (const Module &module : modules())
    if (isSamePath(fileName(module.path), path))
      return module.base + (windows::number(function) -
                            windows::number(reinterpret_cast<void *>(home)));
  throw error(path + " is not loaded");
}

} // namespace hotpad::windows
