//===- Functions.cpp ------------------------------------------------------===//

#include "patcher/windows/Functions.h"
#include "patcher/core/Padding.h"
#include <algorithm>
#include <cstring>

namespace hotpad::windows {

using patch::PeFile;
using patch::Place;

namespace {

constexpr patch::Bits kBits = Process::kBits;

/// Fills in the place of the function that runs at \p entry, and says what it
/// lacks. That no branch leads back to the site is the word of the list: it
/// takes all of the code to know.
const char *findPlace(const Image &image, uint32_t entry, Place &place) {
  place.entry = place.site = image.base() + entry;
  std::vector<uint8_t> code(patch::kLongestInstruction + 4);
  const PeFile::Section *section = image.file.sectionAt(entry);
  code.resize(
      std::min<size_t>(code.size(), section->rva + section->inFile - entry));
  if (!image.file.copy(entry, image.base(), code))
    return "a listed entry that is not in the file";
  constexpr uint8_t kEndbr[] = {0xf3, 0x0f, 0x1e,
                                kBits == patch::Bits::B64 ? 0xfa : 0xfb};
  std::span<const uint8_t> first(code);
  if (first.size() > 4 &&
      std::equal(std::begin(kEndbr), std::end(kEndbr), first.begin())) {
    first = first.subspan(4);
    place.site += 4;
  }
  if (entry < patch::kPadSize ||
      !image.file.copy(entry - patch::kPadSize, image.base(), place.pad) ||
      !patch::isPadding(kBits, place.pad))
    return "6 bytes of padding before its entry";
  std::optional<patch::Instruction> instruction =
      patch::decodeInstruction(kBits, first);
  if (!instruction || instruction->length < patch::kSiteSize)
    return "a first instruction of two bytes or more";
  if (!patch::isInOneWord(place.site))
    return "a site in one aligned word";
  std::copy_n(first.begin(), patch::kSiteSize, place.original.begin());
  return nullptr;
}

/// Whether a module, whose file may be gone or strange, has such a function.
bool hasName(const Module &module, const std::string &name) {
  PeFile file;
  try {
    if (PeFile::read(readFile(module.path), file))
      return false;
  } catch (const Error &) {
    return false;
  }
  auto isIt = [&](const PeFile::Name &each) { return each.name == name; };
  return std::any_of(file.exports.begin(), file.exports.end(), isIt) ||
         std::any_of(file.symbols.begin(), file.symbols.end(), isIt);
}

} // namespace

std::string Function::where() const {
  return image->module.path + ": " + hex(rva) + " (" + name + ")";
}

Functions::Functions(const Process &process, const Images &images)
    : process(process), images(images) {
  for (const auto &image : images.all) {
    size_t first = functions.size();
    for (uint32_t entry : image->file.entries) {
      Function function;
      function.image = image.get();
      function.rva = entry;
      function.lacks = findPlace(*image, entry, function.place);
      functions.push_back(std::move(function));
    }
    addNames(*image, first);
  }
}

void Functions::addNames(const Image &image, size_t first) {
  const std::vector<uint32_t> &entries = image.file.entries;
  auto add = [&](const PeFile::Name &each) {
    if (!image.file.isCode(each.rva))
      return;
    Named named{&image, npos, each.rva};
    if (std::optional<uint32_t> entry = image.file.listedAt(each.rva)) {
      auto place = std::lower_bound(entries.begin(), entries.end(), *entry);
      named.function = first + size_t(place - entries.begin());
      Function &function = functions[named.function];
      if (function.name.empty()) {
        function.name = each.name;
        function.rva = each.rva;
      }
    }
    names.emplace(each.name, named);
  };
  std::for_each(image.file.symbols.begin(), image.file.symbols.end(), add);
  std::for_each(image.file.exports.begin(), image.file.exports.end(), add);
  for (size_t i = first; i != functions.size(); ++i)
    if (functions[i].name.empty())
      functions[i].name = "rva:" + hex(functions[i].rva);
}

const Function &Functions::find(const std::string &given) const {
  size_t mark = given.find('!');
  std::string module = mark == given.npos ? "" : given.substr(0, mark);
  std::string name = mark == given.npos ? given : given.substr(mark + 1);
  auto isMeant = [&](const Image &image) {
    return module.empty() || isSamePath(fileName(image.module.path), module);
  };
  std::vector<size_t> found;
  auto take = [&](size_t function) {
    if (std::find(found.begin(), found.end(), function) == found.end())
      found.push_back(function);
  };
  const Image *home = nullptr; // has it, but not in its list
  uint32_t homeRva = 0;
  if (name.starts_with("rva:0x")) {
    uint32_t rva = static_cast<uint32_t>(
        std::strtoul(name.c_str() + strlen("rva:"), nullptr, 16));
    for (size_t i = 0; i != functions.size(); ++i) {
      const Function &each = functions[i];
      if (isMeant(*each.image) && each.image->file.listedAt(rva) ==
                                      each.place.entry - each.image->base())
        take(i);
    }
  } else {
    auto [begin, end] = names.equal_range(name);
    for (auto each = begin; each != end; ++each) {
      const Named &named = each->second;
      if (!isMeant(*named.image))
        continue;
      if (named.function != npos) {
        take(named.function);
      } else {
        home = named.image;
        homeRva = named.rva;
      }
    }
  }
  if (found.size() == 1)
    return functions[found[0]];
  if (found.size() > 1) {
    std::string places;
    for (size_t each : found)
      places += (places.empty() ? "" : ", ") +
                fileName(functions[each].image->module.path) +
                "!rva:" + hex(functions[each].rva);
    throw process.error(std::to_string(found.size()) +
                        " functions are named '" + given + "': give one of " +
                        places);
  }
  if (home)
    throw process.error(home->module.path + ": " + hex(homeRva) + " (" + name +
                        ") is not among its hot-patchable functions");
  for (const Module &other : images.others)
    if ((module.empty() || isSamePath(fileName(other.path), module)) &&
        hasName(other, name))
      throw process.error("'" + name + "' is in " + other.path +
                          ", which is not hot-patchable: `hotpad rewrite` "
                          "makes it so, before it is started");
  throw process.error("no function is named '" + given + "'");
}

patch::State Functions::state(Process &live, const Function &function) const {
  const Image &image = *function.image;
  patch::PadBytes pad;
  patch::SiteBytes site;
  patch::State state;
  if (!image.readCode(function.place.entry - patch::kPadSize, pad) ||
      !image.readCode(function.place.site, site))
    return state;
  state = patch::readState(kBits, function.place, pad, site,
                           [&](uint64_t each) { return image.isSlot(each); });
  if (state.slot != 0) {
    uintptr_t target = 0;
    live.readAll(state.slot,
                 {reinterpret_cast<uint8_t *>(&target), sizeof target});
    state.target = target;
  }
  return state;
}

patch::Slots Functions::slots(Process &live, const Image &image) const {
  patch::Slots slots(kBits);
  constexpr unsigned kWidth = patch::slotSize(kBits);
  for (auto [begin, end] : image.file.slots) {
    std::vector<uint8_t> bytes(end - begin);
    live.readAll(image.base() + begin, bytes);
    for (size_t at = 0; at + kWidth <= bytes.size(); at += kWidth)
      slots.add(image.base() + begin + at,
                std::all_of(bytes.begin() + ptrdiff_t(at),
                            bytes.begin() + ptrdiff_t(at + kWidth),
                            [](uint8_t byte) { return byte == 0; }));
  }
  for (const Function &function : functions) {
    patch::PadBytes pad;
    if (function.image != &image || function.lacks ||
        !image.readCode(function.place.entry - patch::kPadSize, pad))
      continue;
    if (std::optional<uint64_t> slot =
            patch::decodePad(kBits, function.place.entry, pad))
      slots.use(*slot);
  }
  return slots;
}

} // namespace hotpad::windows
