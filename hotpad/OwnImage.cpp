//===- OwnImage.cpp -------------------------------------------------------===//

#include "hotpad/OwnImage.h"
#include "patcher/core/Padding.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <link.h>

namespace hotpad::own {

namespace {

constexpr uint8_t kEndbr[4] = {0xf3, 0x0f, 0x1e,
                               sizeof(void *) == 8 ? 0xfa : 0xfb};

bool beginsWithEndbr(const uint8_t *bytes) {
  return std::memcmp(bytes, kEndbr, sizeof kEndbr) == 0;
}

} // namespace

/// What the loader says of the image.
bool OwnImage::locate(uint64_t address) {
  struct Search {
    OwnImage &image;
    uint64_t address;
    bool isFirst = true;
  } wanted{*this, address};
  return dl_iterate_phdr(
      [](dl_phdr_info *info, size_t, void *data) {
        auto &search = *static_cast<Search *>(data);
        OwnImage &image = search.image;
        bool isProgram = search.isFirst;
        search.isFirst = false;
        image.bias = info->dlpi_addr;
        image.low = ~uint64_t(0);
        image.high = 0;
        image.segments.clear();
        for (unsigned i = 0; i != info->dlpi_phnum; ++i) {
          const ElfW(Phdr) &header = info->dlpi_phdr[i];
          if (header.p_type != PT_LOAD)
            continue;
          uint64_t begin = image.bias + header.p_vaddr;
          image.low = std::min(image.low, begin);
          image.high = std::max(image.high, begin + header.p_memsz);
          image.segments.push_back(
              {{begin, begin + header.p_filesz}, header.p_offset});
        }
        image.path = isProgram ? "/proc/self/exe" : info->dlpi_name;
        image.headersAt = reinterpret_cast<uintptr_t>(info->dlpi_phdr);
        return image.covers(search.address) ? 1 : 0;
      },
      &wanted);
}

Result OwnImage::read(OwnMemory &memory, uint64_t address) {
  if (!locate(address))
    return Problem{HOTPAD_NOT_PATCHABLE,
                   hex(address) + " is in no program or library"};
  if (!file.open(path.c_str(), O_RDONLY))
    return Problem{HOTPAD_NO_FILE, path + ": " + textOf(errno)};
  if (Result problem = readSections(memory))
    return problem;
  std::sort(entries.begin(), entries.end());
  return std::nullopt;
}

Result OwnImage::readSections(OwnMemory &memory) {
  Problem damaged{HOTPAD_NO_FILE,
                  path + ": its section headers cannot be read"};
  Problem another{HOTPAD_NO_FILE,
                  path + ": the file is another build than what runs"};
  ElfW(Ehdr) header;
  if (!file.readAt(0, &header, sizeof header) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_shentsize != sizeof(ElfW(Shdr)))
    return damaged;
  auto isSame = [&](uint64_t address, uint64_t offset, size_t size) {
    constexpr size_t kMost = 1 << 28;
    if (size > kMost)
      return false;
    std::vector<uint8_t> ours(size), its(size);
    return file.readAt(offset, its.data(), size) &&
           !memory.read(address, ours.data(), size) && ours == its;
  };
  if (!isSame(headersAt, header.e_phoff, header.e_phnum * sizeof(ElfW(Phdr))))
    return another;
  auto section = [&](uint64_t number, ElfW(Shdr) & out) {
    return file.readAt(header.e_shoff + number * sizeof out, &out, sizeof out);
  };
  ElfW(Shdr) first, names, one;
  if (header.e_shoff == 0 || !section(0, first))
    return damaged;
  uint64_t count = header.e_shnum != 0 ? header.e_shnum : first.sh_size;
  uint64_t namesAt =
      header.e_shstrndx != SHN_XINDEX ? header.e_shstrndx : first.sh_link;
  if (namesAt >= count || !section(namesAt, names))
    return damaged;
  for (uint64_t i = 1; i < count; ++i) {
    char name[24] = {};
    if (!section(i, one) || one.sh_name >= names.sh_size)
      return damaged;
    size_t room =
        std::min<size_t>(names.sh_size - one.sh_name, sizeof name - 1);
    if (!file.readAt(names.sh_offset + one.sh_name, name, room))
      return damaged;
    if (!(one.sh_flags & SHF_ALLOC))
      continue;
    Range range{one.sh_addr + bias, one.sh_addr + bias + one.sh_size};
    auto is = [&](const char *wanted) {
      return std::strcmp(name, wanted) == 0;
    };
    bool isEntries = is("hotpad_entries");
    if ((isEntries || is("hotpad_slots") || is(".hotpad")) &&
        (range.begin < low || range.end > high || range.begin > range.end))
      return damaged;
    if ((isEntries || is(".note.gnu.build-id")) &&
        !isSame(range.begin, one.sh_offset, one.sh_size))
      return another;
    if (is("hotpad_slots"))
      slotRanges.push_back(range);
    else if (is(".hotpad"))
      copies.push_back(range);
    else if (isEntries)
      if (Result problem = addEntries(memory, range))
        return problem;
  }
  return std::nullopt;
}

/// 4-byte distances, from the field to the entry.
Result OwnImage::addEntries(OwnMemory &memory, const Range &range) {
  std::vector<uint8_t> bytes(static_cast<size_t>(range.end - range.begin));
  if (patch::Failure failure =
          memory.read(range.begin, bytes.data(), bytes.size()))
    return Problem{HOTPAD_SYSTEM, *failure};
  for (size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    int32_t distance;
    std::memcpy(&distance, bytes.data() + at, 4);
    uint64_t entry =
        range.begin + at + static_cast<uint64_t>(int64_t(distance));
    if (covers(entry) && covers(entry - patch::kPadSize))
      entries.push_back(entry);
  }
  return std::nullopt;
}

Result OwnImage::findSlots(OwnMemory &memory) {
  constexpr unsigned kWidth = slotSize(kBits);
  slots.emplace(kBits);
  for (const Range &range : slotRanges)
    for (uint64_t at = range.begin; at + kWidth <= range.end; at += kWidth) {
      uint8_t bytes[kWidth];
      if (patch::Failure failure = memory.read(at, bytes, kWidth))
        return Problem{HOTPAD_SYSTEM, *failure};
      slots->add(at, std::all_of(bytes, bytes + kWidth,
                                 [](uint8_t byte) { return byte == 0; }));
    }
  for (uint64_t entry : entries) {
    patch::PadBytes pad;
    if (patch::Failure failure =
            memory.read(entry - patch::kPadSize, pad.data(), pad.size()))
      return Problem{HOTPAD_SYSTEM, *failure};
    if (std::optional<uint64_t> slot = decodePad(kBits, entry, pad))
      slots->use(*slot);
  }
  return std::nullopt;
}

Result OwnImage::fileBytes(uint64_t address, uint8_t *bytes,
                           size_t size) const {
  for (const Segment &segment : segments)
    if (segment.inFile.covers(address) &&
        segment.inFile.covers(address + size - 1) &&
        file.readAt(segment.offset + (address - segment.inFile.begin), bytes,
                    size))
      return std::nullopt;
  return Problem{HOTPAD_NO_FILE, path + ": " + hex(address - bias) +
                                     " cannot be read from the file"};
}

Problem OwnImage::notPatchable(uint64_t address) const {
  return {HOTPAD_NOT_PATCHABLE, hex(address - bias) + " in " + path +
                                    ": not a hot-patchable function: none "
                                    "that `hotpad rewrite` has listed"};
}

Result OwnImage::find(OwnMemory &memory, uint64_t address,
                      Function &found) const {
  auto isListed = [&](uint64_t entry) {
    return std::binary_search(entries.begin(), entries.end(), entry);
  };
  auto readOwn = [&](uint64_t from, uint8_t *bytes, size_t size) -> Result {
    if (patch::Failure failure = memory.read(from, bytes, size))
      return Problem{HOTPAD_SYSTEM, *failure};
    return std::nullopt;
  };
  uint64_t entry = address;
  if (!isListed(entry)) { // [endbr] jmp copy
    uint8_t code[9] = {};
    if (address + sizeof code > high)
      return notPatchable(address);
    if (Result problem = readOwn(address, code, sizeof code))
      return problem;
    size_t at = beginsWithEndbr(code) ? sizeof kEndbr : 0;
    int32_t distance;
    std::memcpy(&distance, code + at + 1, 4);
    entry = address + at + 5 + static_cast<uint64_t>(int64_t(distance));
    bool isCopy = std::any_of(copies.begin(), copies.end(),
                              [&](const Range &r) { return r.covers(entry); });
    if (code[at] != 0xe9 || !isCopy || !isListed(entry))
      return notPatchable(address);
  }

  patch::Place &place = found.place;
  place.entry = entry;
  uint8_t first[sizeof kEndbr];
  if (Result problem = fileBytes(entry, first, sizeof first))
    return problem;
  place.site = entry + (beginsWithEndbr(first) ? sizeof kEndbr : 0);
  if (Result problem = fileBytes(entry - patch::kPadSize, place.pad.data(),
                                 place.pad.size()))
    return problem;
  if (Result problem =
          fileBytes(place.site, place.original.data(), place.original.size()))
    return problem;
  found.where = hex(address - bias) + " in " + path;
  found.mayRunThroughPad = patch::mayBeRun(place.pad);
  if (!patch::isInOneWord(place.site))
    return notPatchable(address);

  patch::PadBytes pad;
  patch::SiteBytes site;
  if (Result problem = readOwn(entry - patch::kPadSize, pad.data(), pad.size()))
    return problem;
  if (Result problem = readOwn(place.site, site.data(), site.size()))
    return problem;
  found.state = patch::readState(kBits, place, pad, site, [&](uint64_t slot) {
    return slot % slotSize(kBits) == 0 &&
           std::any_of(slotRanges.begin(), slotRanges.end(),
                       [&](const Range &r) { return r.covers(slot); });
  });
  if (found.state.kind == patch::State::Foreign)
    return Problem{HOTPAD_CHANGED, found.where +
                                       ": its padding or first instruction is "
                                       "not as in the file: something else "
                                       "has changed it"};
  if (found.state.slot != 0) {
    uint8_t target[8] = {};
    if (Result problem = readOwn(found.state.slot, target, slotSize(kBits)))
      return problem;
    std::memcpy(&found.state.target, target, sizeof target);
  }
  return std::nullopt;
}

Result OwnImage::takeSlot(OwnMemory &memory, const Function &function,
                          uint64_t &slot) {
  if (!slots)
    if (Result problem = findSlots(memory))
      return problem;
  std::optional<uint64_t> taken = slots->take(function.place.entry);
  if (!taken)
    return Problem{HOTPAD_NO_SLOT, function.where + ": no slot is left: " +
                                       std::to_string(slots->total()) +
                                       ", all in use"};
  slot = *taken;
  return std::nullopt;
}

} // namespace hotpad::own
