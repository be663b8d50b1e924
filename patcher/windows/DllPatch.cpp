//===- DllPatch.cpp -------------------------------------------------------===//

#include "patcher/windows/Patch.h"

namespace hotpad::windows {

namespace {

/// FNV-1a: tells one patch from another, and no more.
uint64_t hashOf(std::span<const uint8_t> bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (uint8_t byte : bytes)
    hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

std::string fullPath(const std::string &path) {
  std::wstring given = wide(path);
  DWORD size = GetFullPathNameW(given.c_str(), 0, nullptr, nullptr);
  std::wstring full(size, L'\0');
  full.resize(GetFullPathNameW(given.c_str(), size, full.data(), nullptr));
  return utf8(full);
}

/// Where \p path is loaded; 0: nowhere.
uint64_t baseOf(const Process &process, const std::string &path) {
  for (const Module &module : process.modules())
    if (isSamePath(module.path, path))
      return module.base;
  return 0;
}

} // namespace

DllPatch::DllPatch(const std::string &path) : file(fullPath(path)) {
  std::vector<uint8_t> bytes = readFile(file);
  contents = hashOf(bytes);
  if (patch::Failure failure = patch::PeFile::read(std::move(bytes), pe))
    throw Error(file + ": " + *failure);
  if (pe.bits != Process::kBits)
    throw Error(file + ": its code is " +
                (pe.bits == patch::Bits::B64 ? "64" : "32") +
                "-bit, that of the process is not");
  for (const patch::PeFile::Name &each : pe.exports)
    if (pe.isCode(each.rva))
      names.insert(each.name);
}

void DllPatch::load(Process &process) {
  std::wstring text = wide(file);
  uint64_t argument =
      process.place({reinterpret_cast<const uint8_t *>(text.c_str()),
                     (text.size() + 1) * sizeof(wchar_t)},
                    PAGE_READONLY);
  uint32_t result = 0;
  try {
    result = process.call(
        process.systemFunction("kernel32.dll", "LoadLibraryW"), argument);
  } catch (const StillRunning &) {
    throw;
  } catch (const Error &) {
    process.giveBack(argument);
    throw;
  }
  process.giveBack(argument);
  base = baseOf(process, file);
  if (result == 0 || base == 0)
    throw process.error("its loader refuses " + file +
                        ": a DLL that it needs is missing, or its DllMain "
                        "says no");
  if (!isLoadedAt(process, pe, base)) {
    unload(process);
    throw process.error("has loaded another " + file +
                        " before: give this one another name");
  }
}

void DllPatch::unload(Process &process) {
  process.call(process.systemFunction("kernel32.dll", "FreeLibrary"), base);
}

uint64_t DllPatch::address(const std::string &function) const {
  for (const patch::PeFile::Name &each : pe.exports)
    if (each.name == function)
      return base + each.rva;
  return 0;
}

} // namespace hotpad::windows
