# Unit tests, the lit suite, the house rules and the fuzzers as ctest sees them.
# `ninja check` builds what the tests need and runs them all.

option(BUILD_TESTING "Build the tests" ON)
include(GoogleTest)
include(ProcessorCount)
ProcessorCount(hotpadProcessors)

if(BUILD_TESTING)
  enable_testing()
  find_package(GTest REQUIRED)
  add_custom_target(check
    COMMAND ${CMAKE_CTEST_COMMAND} --output-on-failure -j ${hotpadProcessors}
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
    USES_TERMINAL)
endif()

# LLVM's library is not instrumented: what it does with containers and with the
# allocators that its headers poison by hand looks wrong to the address sanitizer.
set(hotpadTestEnvironment
  "ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0:allow_user_poisoning=0")

# hotpad_unittest(<name> [FOLDER <path>] LINKS <target>...)
#
# Every .cpp in the folder (the current one unless it is given) makes up one
# GoogleTest program, unit-<name>.
function(hotpad_unittest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER" "LINKS")
  if(NOT arg_FOLDER)
    set(arg_FOLDER ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${arg_FOLDER}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(unit-${name} ${sources})
  target_link_libraries(unit-${name} PRIVATE
    ${arg_LINKS} hotpadWarnings GTest::gtest GTest::gtest_main)
  add_dependencies(check unit-${name})
  # PRE_TEST: the programs are asked for their tests by ctest, not by the build.
  gtest_discover_tests(unit-${name}
    TEST_PREFIX ${name}.
    DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT 300 ENVIRONMENT "${hotpadTestEnvironment}")
endfunction()

# hotpad_lit_test(<folder>)
#
# One folder of lit-tests/ is one test of ctest; lit spreads it over all
# processors itself.
function(hotpad_lit_test folder)
  add_test(NAME lit.${folder} COMMAND
    ${Python3_EXECUTABLE} ${LLVM_TOOLS_BINARY_DIR}/lit -sv --no-progress-bar
    -j ${hotpadProcessors} ${PROJECT_BINARY_DIR}/lit-tests/${folder})
  set_tests_properties(lit.${folder} PROPERTIES
    PROCESSORS ${hotpadProcessors} TIMEOUT 1500
    ENVIRONMENT "${hotpadTestEnvironment}")
endfunction()

# Rules for the sources themselves.
function(hotpad_house_tests)
  add_test(NAME house.layers COMMAND
    ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/checkLayers.py
    ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/layers.txt)
  add_test(NAME house.format COMMAND ${PROJECT_SOURCE_DIR}/dev format --check)
  set_tests_properties(house.format PROPERTIES SKIP_RETURN_CODE 77)
endfunction()

# hotpad_fuzzers(<folder>): every .cpp in it is a libFuzzer program.
function(hotpad_fuzzers folder)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    add_executable(fuzz-${name} ${source})
    target_link_libraries(fuzz-${name} PRIVATE hotpadRewriter hotpadWarnings)
    target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endfunction()
