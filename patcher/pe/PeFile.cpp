//===- PeFile.cpp ---------------------------------------------------------===//

#include "patcher/pe/PeFile.h"
#include <algorithm>
#include <cstring>

namespace hotpad::patch {

namespace {

constexpr uint16_t kMachineI386 = 0x14c, kMachineAmd64 = 0x8664;
constexpr uint32_t kExecutable = 0x20000000, kWritable = 0x80000000;
constexpr unsigned kFileHeaderSize = 20, kSectionSize = 40, kSymbolSize = 18;
constexpr unsigned kExportDirectory = 0, kRelocationDirectory = 5;
/// More than any linker makes, and little enough to be read without a thought.
constexpr uint32_t kMostNames = 1 << 22;

uint32_t read16(const uint8_t *at) { return at[0] | uint32_t(at[1]) << 8; }
uint32_t read32(const uint8_t *at) { return read16(at) | read16(at + 2) << 16; }
uint64_t read64(const uint8_t *at) {
  return read32(at) | uint64_t(read32(at + 4)) << 32;
}

} // namespace

Failure PeFile::read(std::vector<uint8_t> content, PeFile &file) {
  file = PeFile();
  file.bytes = std::move(content);
  if (Failure failure = file.readHeaders())
    return failure;
  file.readExports();
  file.readSymbols();
  file.readRelocations();
  return file.readLists();
}

Failure PeFile::readHeaders() {
  if (bytes.size() < 0x40 || bytes[0] != 'M' || bytes[1] != 'Z')
    return "no program or DLL of Windows";
  uint32_t start = read32(&bytes[0x3c]);
  if (!inFile(start, 4 + kFileHeaderSize) ||
      std::memcmp(&bytes[start], "PE\0\0", 4) != 0)
    return "no program or DLL of Windows";
  const uint8_t *header = &bytes[start + 4];
  uint32_t machine = read16(header);
  if (machine != kMachineI386 && machine != kMachineAmd64)
    return "neither for x86 nor for x86-64";
  bits = machine == kMachineAmd64 ? Bits::B64 : Bits::B32;
  symbolTable = read32(header + 8);
  symbolCount = read32(header + 12);
  unsigned optionalSize = read16(header + 16);
  optionalHeader = start + 4 + kFileHeaderSize;
  unsigned fixed = bits == Bits::B64 ? 112 : 96; // up to the directories
  if (optionalSize < fixed || !inFile(optionalHeader, optionalSize) ||
      read16(&bytes[optionalHeader]) != (bits == Bits::B64 ? 0x20b : 0x10b))
    return "its headers are damaged";
  const uint8_t *optional = &bytes[optionalHeader];
  imageBase = bits == Bits::B64 ? read64(optional + 24) : read32(optional + 28);
  imageSize = read32(optional + 56);
  directories = optionalHeader + fixed;
  directoryCount =
      std::min(read32(optional + fixed - 4), (optionalSize - fixed) / 8);
  uint32_t table = optionalHeader + optionalSize;
  unsigned count = read16(header + 2);
  if (!inFile(table, uint64_t(count) * kSectionSize))
    return "its section table is damaged";
  sectionTableEnd = table + count * kSectionSize;
  readSections(table, count);
  return std::nullopt;
}

void PeFile::readSections(uint32_t table, unsigned count) {
  for (unsigned i = 0; i != count; ++i) {
    const uint8_t *header = &bytes[table + i * kSectionSize];
    Section section;
    section.name = sectionName(table + i * kSectionSize);
    section.size = read32(header + 8);
    section.rva = read32(header + 12);
    section.offset = read32(header + 20);
    uint32_t flags = read32(header + 36);
    section.isCode = (flags & kExecutable) != 0;
    section.isWritable = (flags & kWritable) != 0;
    if (section.size == 0)
      section.size = read32(header + 16);
    section.inFile = std::min(section.size, read32(header + 16));
    if (section.offset > bytes.size())
      section.inFile = 0;
    else if (section.inFile > bytes.size() - section.offset)
      section.inFile = uint32_t(bytes.size() - section.offset);
    sections.push_back(std::move(section));
  }
}

std::string PeFile::sectionName(uint32_t offset) const {
  const char *name = reinterpret_cast<const char *>(&bytes[offset]);
  return std::string(name, strnlen(name, 8));
}

std::pair<uint32_t, uint32_t> PeFile::directory(unsigned number) const {
  if (number >= directoryCount)
    return {0, 0};
  const uint8_t *at = &bytes[directories + number * 8];
  return {read32(at), read32(at + 4)};
}

const PeFile::Section *PeFile::sectionAt(uint64_t rva) const {
  for (const Section &section : sections)
    if (section.contains(rva))
      return &section;
  return nullptr;
}

bool PeFile::isCode(uint64_t rva) const {
  const Section *section = sectionAt(rva);
  return section && section->isCode;
}

std::span<const uint8_t> PeFile::at(uint32_t rva, uint64_t size) const {
  const Section *section = sectionAt(rva);
  uint32_t before = section ? rva - section->rva : 0;
  if (!section || section->inFile < before || section->inFile - before < size)
    return {};
  return std::span(bytes).subspan(section->offset + before, size);
}

std::string PeFile::textAt(uint32_t rva) const {
  const Section *section = sectionAt(rva);
  if (!section || rva - section->rva >= section->inFile)
    return {};
  uint32_t before = rva - section->rva;
  const char *text =
      reinterpret_cast<const char *>(&bytes[section->offset + before]);
  return std::string(text, strnlen(text, section->inFile - before));
}

/// In 32-bit code C's names have a `_` before them, which exports have not.
std::string PeFile::nameWithoutDecoration(std::string name) const {
  if (bits == Bits::B32 && name.starts_with('_'))
    name.erase(0, 1);
  return name;
}

void PeFile::readExports() {
  auto [rva, size] = directory(kExportDirectory);
  std::span<const uint8_t> table = at(rva, 40);
  if (table.empty())
    return;
  uint32_t functionCount = read32(&table[20]), nameCount = read32(&table[24]);
  if (functionCount > kMostNames || nameCount > kMostNames)
    return;
  std::span<const uint8_t> functions =
      at(read32(&table[28]), uint64_t(functionCount) * 4);
  std::span<const uint8_t> names =
      at(read32(&table[32]), uint64_t(nameCount) * 4);
  std::span<const uint8_t> numbers =
      at(read32(&table[36]), uint64_t(nameCount) * 2);
  if (functions.empty() || names.empty() || numbers.empty())
    return;
  for (uint32_t i = 0; i != nameCount; ++i) {
    uint32_t number = read16(&numbers[i * 2]);
    if (number >= functionCount)
      continue;
    uint32_t function = read32(&functions[number * 4]);
    bool isElsewhere = function >= rva && function - rva < size;
    std::string name = textAt(read32(&names[i * 4]));
    if (!isElsewhere && !name.empty())
      exports.push_back({std::move(name), function});
  }
}

void PeFile::readSymbols() {
  uint64_t tableSize = uint64_t(symbolCount) * kSymbolSize;
  if (symbolTable == 0 || !inFile(symbolTable, tableSize))
    return;
  uint64_t strings = symbolTable + tableSize;
  auto longName = [&](uint32_t offset) -> std::string {
    if (!inFile(strings, 4) || offset < 4 || !inFile(strings + offset, 1))
      return {};
    const char *text = reinterpret_cast<const char *>(&bytes[strings + offset]);
    return std::string(text, strnlen(text, bytes.size() - strings - offset));
  };
  constexpr uint8_t kExternal = 2, kStatic = 3;
  for (uint64_t i = 0; i < symbolCount; ++i) {
    const uint8_t *symbol = &bytes[symbolTable + i * kSymbolSize];
    i += symbol[17]; // auxiliary records
    unsigned number = read16(symbol + 12);
    uint8_t storage = symbol[16];
    if (number == 0 || number > sections.size() ||
        !sections[number - 1].isCode ||
        (storage != kExternal && storage != kStatic))
      continue;
    std::string name =
        read32(symbol) == 0
            ? longName(read32(symbol + 4))
            : sectionName(static_cast<uint32_t>(symbol - bytes.data()));
    if (name.empty() || name[0] == '.') // a section
      continue;
    symbols.push_back({nameWithoutDecoration(std::move(name)),
                       sections[number - 1].rva + read32(symbol + 8)});
  }
}

void PeFile::readRelocations() {
  constexpr unsigned kHighLow = 3, kDir64 = 10;
  auto [rva, size] = directory(kRelocationDirectory);
  std::span<const uint8_t> table = at(rva, size);
  for (size_t next = 0; next + 8 <= table.size();) {
    uint32_t page = read32(&table[next]), length = read32(&table[next + 4]);
    if (length < 8 || length > table.size() - next)
      break;
    for (uint32_t i = 8; i + 2 <= length; i += 2) {
      uint32_t field = read16(&table[next + i]);
      if (field >> 12 == (bits == Bits::B64 ? kDir64 : kHighLow))
        relocations.push_back(page + (field & 0xfff));
    }
    next += length;
  }
  std::sort(relocations.begin(), relocations.end());
}

Failure PeFile::readLists() {
  for (const Section &section : sections) {
    if (section.name == ".hpslots") {
      if (!section.isWritable || section.isCode ||
          section.rva % slotSize(bits) != 0)
        return "its section .hpslots is damaged";
      slots.push_back({section.rva, section.rva + section.size});
    }
    if (section.name != ".hpentry")
      continue;
    std::span<const uint8_t> list = at(section.rva, section.inFile);
    for (size_t i = 0; i + 4 <= list.size(); i += 4) {
      uint32_t entry = read32(&list[i]);
      if (entry == 0)
        continue;
      if (!isCode(entry))
        return "its list .hpentry names a place that is no code";
      entries.push_back(entry);
    }
  }
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  return std::nullopt;
}

bool PeFile::copy(uint32_t rva, uint64_t base, std::span<uint8_t> out) const {
  std::span<const uint8_t> found = at(rva, out.size());
  if (found.empty())
    return false;
  std::copy(found.begin(), found.end(), out.begin());
  unsigned width = slotSize(bits);
  uint32_t first = rva > width ? rva - width + 1 : 0;
  auto field = std::lower_bound(relocations.begin(), relocations.end(), first);
  for (; field != relocations.end() && *field < rva + out.size(); ++field) {
    std::span<const uint8_t> old = at(*field, width);
    if (old.empty())
      continue;
    uint64_t value = bits == Bits::B64 ? read64(&old[0]) : read32(&old[0]);
    value += base - imageBase;
    for (unsigned i = 0; i != width; ++i)
      if (*field + i >= rva && *field + i - rva < out.size())
        out[*field + i - rva] = static_cast<uint8_t>(value >> (8 * i));
  }
  return true;
}

std::optional<uint32_t> PeFile::listedAt(uint32_t rva) const {
  constexpr int kMostJumps = 4;
  for (int i = 0; i <= kMostJumps; ++i) {
    if (std::binary_search(entries.begin(), entries.end(), rva))
      return rva;
    if (std::span<const uint8_t> distant = at(rva, 5);
        !distant.empty() && distant[0] == 0xe9)
      rva += 5 + read32(&distant[1]);
    else if (std::span<const uint8_t> close = at(rva, 2);
             !close.empty() && close[0] == 0xeb)
      rva += 2 + static_cast<uint32_t>(int32_t(int8_t(close[1])));
    else
      break;
  }
  return std::nullopt;
}

bool PeFile::hasHeaders(std::span<const uint8_t> memory) const {
  if (memory.size() < sectionTableEnd)
    return false;
  std::vector<uint8_t> seen(memory.begin(), memory.begin() + sectionTableEnd);
  // The loader writes there where it has put the image.
  unsigned offset = optionalHeader + (bits == Bits::B64 ? 24 : 28);
  std::copy_n(&bytes[offset], slotSize(bits), &seen[offset]);
  return std::equal(seen.begin(), seen.end(), bytes.begin());
}

} // namespace hotpad::patch
