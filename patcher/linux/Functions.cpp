//===- Functions.cpp ------------------------------------------------------===//

#include "patcher/linux/Functions.h"
#include "patcher/linux/ElfFile.h"
#include "rewriter/contract/Contract.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm;

namespace hotpad::live {

/// The bytes of the file that are mapped at \p address.
static Error readFile(patch::Bits bits, const Image &image, uint64_t address,
                      MutableArrayRef<uint8_t> out) {
  auto read = [&](const auto &file) -> Error {
    auto segments = file.program_headers();
    if (!segments)
      return segments.takeError();
    uint64_t inFile = address - image.bias;
    for (const auto &segment : *segments)
      if (segment.p_type == ELF::PT_LOAD && inFile >= segment.p_vaddr &&
          inFile - segment.p_vaddr + out.size() <= segment.p_filesz) {
        uint64_t offset = segment.p_offset + (inFile - segment.p_vaddr);
        if (offset + out.size() > image.bytes().size())
          break;
        llvm::copy(image.bytes().slice(offset, out.size()), out.begin());
        return Error::success();
      }
    return createStringError(image.path + ": " + hex(inFile) +
                             " is not in the file");
  };
  return withElfFile(bits, image.file->getBuffer(), read);
}

/// Names that only the image's twin knows, by address.
static DenseMap<uint64_t, StringRef> namesByTwin(const Image &image) {
  DenseMap<uint64_t, StringRef> names;
  if (!image.twin)
    return names;
  for (const ImageSymbol &symbol : image.symbols)
    if (symbol.type == ELF::STT_FUNC || symbol.type == ELF::STT_GNU_IFUNC)
      names.try_emplace(symbol.address, symbol.name);
  return names;
}

Expected<Functions> Functions::read(const Process &process,
                                    const Images &images) {
  Functions result(process, images);
  for (const std::unique_ptr<Image> &image : images.all()) {
    if (!image->hasSlots)
      continue;
    DenseMap<uint64_t, StringRef> names = namesByTwin(*image);
    CheckOptions options;
    options.slots = 1; // Whether enough are left is seen when one is wanted.
    Expected<CheckedFile> checked =
        checkFile(image->bytes(), image->path, options);
    if (!checked)
      return checked.takeError();
    for (const PatchLists::Range &range : checked->slotRanges)
      result.slotRanges[image.get()].push_back(
          {range.begin + image->bias, range.end + image->bias});
    for (const CheckedFunction &function : checked->functions) {
      LiveFunction live;
      live.image = image.get();
      live.broken = function.broken;
      live.runsThroughPad = function.fallsInto;
      live.place.entry = function.entry + image->bias;
      live.place.site = function.site + image->bias;
      live.oldEntry =
          function.forwardedFrom.value_or(function.entry) + image->bias;
      live.name = names.lookup(live.oldEntry).str();
      if (live.name.empty())
        live.name = function.name;
      live.where = function.file + ": " + function.section + "+" +
                   hex(function.entry) + " (" + live.name + ")";
      if (function.conforms()) {
        if (Error error =
                readFile(process.bits(), *image,
                         live.place.entry - patch::kPadSize, live.place.pad))
          return error;
        if (Error error = readFile(process.bits(), *image, live.place.site,
                                   live.place.original))
          return error;
      }
      // Several of one entry are one, by whatever names.
      size_t number =
          result.byAddress
              .try_emplace(live.place.entry, result.functions.size())
              .first->second;
      result.byAddress.try_emplace(live.oldEntry, number);
      if (number == result.functions.size())
        result.functions.push_back(std::move(live));
      else if (result.functions[number].broken != 0)
        result.functions[number] = std::move(live);
    }
  }
  return result;
}

const LiveFunction *Functions::at(uint64_t address) const {
  auto found = byAddress.find(address);
  return found == byAddress.end() ? nullptr : &functions[found->second];
}

Expected<const LiveFunction *> Functions::find(StringRef name) const {
  SmallVector<const LiveFunction *, 2> found;
  auto add = [&](const LiveFunction *function) {
    if (function && !is_contained(found, function))
      found.push_back(function);
  };
  uint64_t address = 0;
  bool isAddress = name.starts_with("0x") && !name.getAsInteger(0, address);
  const Image *elsewhere = nullptr;
  for (const std::unique_ptr<Image> &image : images.all()) {
    if (isAddress) {
      if (image->hasSlots)
        add(at(address + image->bias));
      continue;
    }
    for (const ImageSymbol &symbol : image->symbols) {
      if (symbol.name != name || symbol.type == ELF::STT_OBJECT ||
          symbol.type == ELF::STT_TLS)
        continue;
      if (image->hasSlots)
        add(at(symbol.address));
      else
        elsewhere = image.get();
    }
  }
  if (found.empty())
    for (const LiveFunction &function : functions)
      if (function.name == name)
        add(&function);
  if (found.size() == 1)
    return found[0];
  if (found.empty() && elsewhere)
    return process.error("'" + name + "' is in " + elsewhere->path +
                         ", which is not hot-patchable: `hotpad rewrite` makes "
                         "it so, before it is started");
  if (found.empty())
    return process.error("no function is named '" + name + "'" +
                         images.missingSymbols());
  std::string places;
  for (const LiveFunction *function : found)
    places += (places.empty() ? "" : ", ") +
              hex(function->oldEntry - function->image->bias) + " in " +
              function->image->path;
  return process.error(Twine(found.size()) + " functions are named '" + name +
                       "': give the address of one (" + places + ")");
}

bool Functions::isSlot(const Image &image, uint64_t address) const {
  auto ranges = slotRanges.find(&image);
  return ranges != slotRanges.end() &&
         any_of(ranges->second, [&](const auto &range) {
           return address >= range.first && address < range.second &&
                  address % patch::slotSize(process.bits()) == 0;
         });
}

Expected<patch::State> Functions::state(const LiveFunction &function) const {
  const patch::Place &place = function.place;
  patch::PadBytes pad;
  patch::SiteBytes site;
  if (Error error = process.read(place.entry - patch::kPadSize, pad))
    return error;
  if (Error error = process.read(place.site, site))
    return error;
  patch::State state =
      patch::readState(process.bits(), place, pad, site, [&](uint64_t address) {
        return isSlot(*function.image, address);
      });
  if (state.slot != 0) {
    uint8_t target[8] = {};
    if (Error error = process.read(
            state.slot, MutableArrayRef(target, slotSize(process.bits()))))
      return error;
    state.target = support::endian::read64le(target);
  }
  return state;
}

Expected<patch::Slots> Functions::slots(const Image &image) const {
  unsigned width = slotSize(process.bits());
  patch::Slots slots(process.bits());
  auto ranges = slotRanges.find(&image);
  if (ranges == slotRanges.end())
    return slots;
  for (auto [begin, end] : ranges->second) {
    std::vector<uint8_t> bytes(end - begin);
    if (Error error = process.read(begin, bytes))
      return error;
    for (uint64_t at = 0; at + width <= bytes.size(); at += width)
      slots.add(begin + at, all_of(ArrayRef(bytes).slice(at, width),
                                   [](uint8_t byte) { return byte == 0; }));
  }
  for (const LiveFunction &function : functions) {
    if (function.image != &image || function.broken != 0)
      continue;
    patch::PadBytes pad;
    if (Error error = process.read(function.place.entry - patch::kPadSize, pad))
      return error;
    if (std::optional<uint64_t> slot =
            decodePad(process.bits(), function.place.entry, pad))
      slots.use(*slot);
  }
  return slots;
}

} // namespace hotpad::live
