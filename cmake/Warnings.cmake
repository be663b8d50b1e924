# hotpadWarnings: what every target of this project is compiled with.
# Warnings become errors with CMAKE_COMPILE_WARNING_AS_ERROR (presets dev, clang).

add_library(hotpadWarnings INTERFACE)
target_compile_options(hotpadWarnings INTERFACE
  -Wall -Wextra -Wpedantic
  -Wcast-qual -Wextra-semi -Wimplicit-fallthrough -Wnon-virtual-dtor
  -Woverloaded-virtual -Wunused)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # Plain -Wshadow objects to a parameter named like a member.
  target_compile_options(hotpadWarnings INTERFACE -Wshadow=local)
  if(HOTPAD_SANITIZE)
    # The sanitizers hide initialisations from g++.
    target_compile_options(hotpadWarnings INTERFACE -Wno-maybe-uninitialized)
  endif()
else()
  # clang finds libstdc++ 12's own std::stable_sort deprecated; g++ still looks.
  target_compile_options(hotpadWarnings INTERFACE -Wno-deprecated-declarations)
endif()
