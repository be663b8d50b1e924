//===- FramePointers.cpp --------------------------------------------------===//

#include "rewriter/image/FramePointers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::support;

namespace hotpad::image {

constexpr uint64_t kWidth = 4;

FramePointers::FramePointers(const Binary &binary, SectionIndex frames) {
  if (frames == 0 || pointerSize(binary.arch) != kWidth)
    return;
  begin = binary.sections[frames].address;
  size = binary.sections[frames].size;
  for (const Place &place : binary.relocated) {
    ArrayRef<uint8_t> bytes = binary.sections[place.section].bytes;
    if (place.offset > bytes.size() || bytes.size() - place.offset < kWidth)
      continue;
    uint64_t value = endian::read32le(bytes.data() + place.offset);
    if (leadsToFrames(value))
      fields.push_back({place, value});
  }
}

void FramePointers::move(uint64_t shift, const ImagePlan &plan,
                         NewSection &code, Patches &patches) const {
  auto isPatched = [&](const Place &place) {
    return any_of(patches, [&](const Patch &patch) {
      return patch.section == place.section &&
             patch.offset < place.offset + kWidth &&
             place.offset < patch.offset + patch.size;
    });
  };
  std::vector<Patch> moved;
  for (const Field &field : fields) {
    if (isPatched(field.place)) // is a jump now
      continue;
    uint8_t bytes[kWidth];
    endian::write32le(bytes, static_cast<uint32_t>(field.value + shift));
    addPatches(moved, field.place.section, field.place.offset, bytes,
               /*isAddress=*/true);
  }
  append_range(patches, std::move(moved));
  plan.forEachNewCode([&](const LiftedFunction &lifted, uint64_t address) {
    for (uint32_t at : lifted.relocated) {
      uint8_t *bytes =
          code.bytes.data() + static_cast<size_t>(address - code.address) + at;
      uint64_t value = endian::read32le(bytes);
      if (leadsToFrames(value))
        endian::write32le(bytes, static_cast<uint32_t>(value + shift));
    }
  });
}

} // namespace hotpad::image
