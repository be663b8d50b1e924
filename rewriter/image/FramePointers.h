//===- FramePointers.h - programs that say where .eh_frame is ---*- C++ -*-===//
//
// On 32-bit Windows no table of the image leads to .eh_frame. The program's own
// start code gives its address to the unwinder:
//
//     push $__EH_FRAME_BEGIN__; call __register_frame_info
//
// So when .eh_frame becomes a longer one elsewhere, what names the old one has
// to name the new. The loader relocates such an address, and thereby it is
// known.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_IMAGE_FRAMEPOINTERS_H
#define HOTPAD_REWRITER_IMAGE_FRAMEPOINTERS_H

#include "rewriter/image/Plan.h"

namespace hotpad::image {

class FramePointers {
public:
  /// \p frames is .eh_frame of \p binary, or 0.
  FramePointers(const Binary &binary, SectionIndex frames);

  /// Adds \p shift to all of them: in the old sections by patches, and in the
  /// copies, which are in \p code.
  void move(uint64_t shift, const ImagePlan &plan, NewSection &code,
            Patches &patches) const;

private:
  bool leadsToFrames(uint64_t address) const { return address - begin < size; }

  uint64_t begin = 0, size = 0; ///< Of .eh_frame, in memory.
  struct Field {
    Place place;
    uint64_t value;
  };
  std::vector<Field> fields;
};

} // namespace hotpad::image

#endif
