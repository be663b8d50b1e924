# HOTPAD_SANITIZE and HOTPAD_FUZZ, for everything that is compiled here.

if(HOTPAD_SANITIZE)
  # LLVM's library has no type information for the vptr check.
  add_compile_options(-fsanitize=${HOTPAD_SANITIZE} -fno-sanitize=vptr
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  add_link_options(-fsanitize=${HOTPAD_SANITIZE})
endif()
if(HOTPAD_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
