//===- Images.cpp ---------------------------------------------------------===//

#include "patcher/windows/Images.h"
#include <algorithm>

namespace hotpad::windows {

using patch::PeFile;

namespace {

constexpr size_t kPageSize = 4096;

/// The headers alone, as they are in memory: sections, but not what is in them.
bool readHeaders(Process &process, uint64_t base, PeFile &headers) {
  std::vector<uint8_t> page(kPageSize);
  return !process.read(base, page.data(), page.size()) &&
         !PeFile::read(std::move(page), headers);
}

bool hasList(const PeFile &headers) {
  return std::any_of(
      headers.sections.begin(), headers.sections.end(),
      [](const PeFile::Section &each) { return each.name == ".hpentry"; });
}

bool hasSameList(Process &process, const PeFile &file, uint64_t base) {
  for (const PeFile::Section &section : file.sections) {
    if (section.name != ".hpentry")
      continue;
    std::vector<uint8_t> ours(section.inFile), theirs(section.inFile);
    if (!file.copy(section.rva, base, ours))
      return false;
    process.readAll(base + section.rva, theirs);
    if (ours != theirs)
      return false;
  }
  return true;
}

std::unique_ptr<Image> readImage(Process &process, const Module &module) {
  auto image = std::make_unique<Image>();
  image->module = module;
  if (patch::Failure failure = PeFile::read(readFile(module.path), image->file))
    throw Error(module.path + ": " + *failure);
  if (!isLoadedAt(process, image->file, module.base) ||
      !hasSameList(process, image->file, module.base))
    throw process.error("runs another " + module.path +
                        " than is on the disk now: it was replaced since");
  for (const PeFile::Section &section : image->file.sections) {
    if (!section.isCode)
      continue;
    std::vector<uint8_t> bytes(section.inFile);
    process.readAll(module.base + section.rva, bytes);
    image->code.push_back({module.base + section.rva, std::move(bytes)});
  }
  return image;
}

} // namespace

bool Image::isSlot(uint64_t address) const {
  return std::any_of(file.slots.begin(), file.slots.end(),
                     [&](const auto &range) {
                       return address >= base() + range.first &&
                              address < base() + range.second &&
                              address % patch::slotSize(Process::kBits) == 0;
                     });
}

bool Image::readCode(uint64_t address, std::span<uint8_t> out) const {
  for (const auto &[begin, bytes] : code) {
    if (address < begin || address - begin > bytes.size() ||
        bytes.size() - (address - begin) < out.size())
      continue;
    std::copy_n(bytes.begin() + ptrdiff_t(address - begin), out.size(),
                out.begin());
    return true;
  }
  return false;
}

std::vector<uint8_t> readFile(const std::string &path) {
  HANDLE opened =
      CreateFileW(wide(path).c_str(), GENERIC_READ,
                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                  nullptr, OPEN_EXISTING, 0, nullptr);
  if (opened == INVALID_HANDLE_VALUE)
    throw Error(path + ": " + systemMessage(GetLastError()));
  Handle file(opened);
  LARGE_INTEGER size{};
  constexpr LONGLONG kMost = 0x7fffffff;
  if (!GetFileSizeEx(opened, &size) || size.QuadPart > kMost)
    throw Error(path + ": too large");
  std::vector<uint8_t> bytes(static_cast<size_t>(size.QuadPart));
  DWORD done = 0;
  if (!ReadFile(opened, bytes.data(), static_cast<DWORD>(bytes.size()), &done,
                nullptr) ||
      done != bytes.size())
    throw Error(path + ": " + systemMessage(GetLastError()));
  return bytes;
}

bool isLoadedAt(Process &process, const PeFile &file, uint64_t base) {
  std::vector<uint8_t> headers(file.headersSize());
  process.readAll(base, headers);
  return file.hasHeaders(headers);
}

Images readImages(Process &process) {
  Images images;
  for (const Module &module : process.modules()) {
    PeFile headers;
    bool isProgram = images.program.empty();
    if (isProgram)
      images.program = module.path;
    bool isRead = readHeaders(process, module.base, headers);
    if (isProgram && isRead && headers.bits != Process::kBits)
      throw process.error(
          headers.bits == patch::Bits::B64
              ? "is a 64-bit program, and this is the hotpatch.exe for 32-bit "
                "ones"
              : "is a 32-bit program, and this is the hotpatch.exe for 64-bit "
                "ones");
    if (isRead && hasList(headers) && headers.bits == Process::kBits)
      images.all.push_back(readImage(process, module));
    else
      images.others.push_back(module);
  }
  if (images.all.empty())
    throw process.error("neither its program (" + images.program +
                        ") nor a DLL of it is hot-patchable: `hotpad rewrite` "
                        "makes them so, before they are started");
  return images;
}

} // namespace hotpad::windows
