# Compiler settings, and one function per kind of target: a room (library with its unit tests).

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Assertions stay on in every build; NDEBUG is never defined.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")

set(ALTIS_SANITIZE "" CACHE STRING "Sanitizers, comma separated (address,undefined | thread)")
set(ALTIS_FUZZ OFF CACHE STRING
    "Build the fuzzers of tests/fuzz (ON), or a few of them (few), instead of tests and benchmarks")

find_program(ALTIS_CCACHE ccache)
if(ALTIS_CCACHE)
    # What is compiled with precompiled headers is kept as well.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros ${ALTIS_CCACHE})
endif()
find_program(ALTIS_MOLD mold)
if(ALTIS_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror
                    -fstack-protector-strong -fcf-protection
                    # libstdc++ 12 calls its own deprecated function in stable_sort; only clang says so.
                    $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-Wl,-z,relro,-z,now)
if(ALTIS_SANITIZE)
    # -g1 gives reports their lines; with -g everything takes nearly twice as long to compile.
    # g++ 12 takes an instrumented move of a variant for a use of its other members.
    add_compile_options(-fsanitize=${ALTIS_SANITIZE} -fno-omit-frame-pointer
                        -fno-sanitize-recover=all -g1
                        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    add_link_options(-fsanitize=${ALTIS_SANITIZE})
else()
    add_compile_options($<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>)
endif()

# altis_test(NAME TIMEOUT_S COMMAND...): a CTest test, under the sanitizers with their options.
function(altis_test NAME TIMEOUT_S)
    add_test(NAME ${NAME} COMMAND ${ARGN})
    set_tests_properties(${NAME} PROPERTIES TIMEOUT ${TIMEOUT_S})
    if(ALTIS_SANITIZE MATCHES "thread")
        set_tests_properties(${NAME} PROPERTIES ENVIRONMENT
            "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tools/tsan_suppressions.txt:halt_on_error=1")
    endif()
endfunction()

# altis_test_program(TARGET): what every program of GoogleTest is built with. Tests are half of what
# there is to compile, so they share precompiled headers and are optimised less than what they test.
add_executable(altis_test_headers EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/test_headers.cpp)
target_link_libraries(altis_test_headers PRIVATE GTest::gtest_main)
target_compile_options(altis_test_headers PRIVATE $<$<CONFIG:Release>:-O1>)
target_precompile_headers(altis_test_headers PRIVATE
    <gtest/gtest.h> <algorithm> <functional> <map> <memory> <optional> <set> <string> <string_view>
    <utility> <variant> <vector> <tl/expected.hpp>)
function(altis_test_program TARGET)
    # At -O1 g++ 12 loses the sizes of strings and takes copies of them for overruns.
    target_compile_options(${TARGET} PRIVATE $<$<CONFIG:Release>:-O1>
                           $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-restrict;-Wno-maybe-uninitialized>)
    target_precompile_headers(${TARGET} REUSE_FROM altis_test_headers)
    target_link_libraries(${TARGET} PRIVATE GTest::gtest_main RapidCheck)
endfunction()

# altis_room(NAME ROOMS base codec ... LIBRARIES Some::lib ... TEST_LIBRARIES Other::lib ...)
# Every .cpp of the current folder goes into the library `altis_NAME`; every *_test.cpp into the
# test program `NAME_test`. ROOMS are seen by includers, LIBRARIES stay private to the room,
# TEST_LIBRARIES to its tests.
function(altis_room NAME)
    cmake_parse_arguments(ROOM "" "" "ROOMS;LIBRARIES;TEST_LIBRARIES" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")

    set(rooms "")
    foreach(room IN LISTS ROOM_ROOMS)
        list(APPEND rooms altis_${room})
    endforeach()

    if(sources)
        add_library(altis_${NAME} STATIC ${sources})
        target_include_directories(altis_${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/src)
        target_link_libraries(altis_${NAME} PUBLIC ${rooms} PRIVATE ${ROOM_LIBRARIES})
    else()
        add_library(altis_${NAME} INTERFACE)
        target_include_directories(altis_${NAME} INTERFACE ${CMAKE_SOURCE_DIR}/src)
        target_link_libraries(altis_${NAME} INTERFACE ${rooms} ${ROOM_LIBRARIES})
    endif()

    if(tests)
        add_executable(${NAME}_test ${tests})
        target_link_libraries(${NAME}_test PRIVATE altis_${NAME} ${ROOM_LIBRARIES}
                              ${ROOM_TEST_LIBRARIES})
        altis_test_program(${NAME}_test)
        altis_test(${NAME} 600 ${NAME}_test)
    endif()
endfunction()
