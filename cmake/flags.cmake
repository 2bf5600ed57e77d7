# One INTERFACE target carries every compile and link option; each is probed, so that gcc and clang share the list.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(REDAN_FUZZ "Build the libFuzzer targets (clang only)" OFF)
set(REDAN_SANITIZE "" CACHE STRING "Value for -fsanitize=, e.g. address,undefined or thread")
option(REDAN_COVERAGE "Count covered lines" OFF)
option(REDAN_ANALYZE "Run gcc's -fanalyzer" OFF)

add_library(flags INTERFACE)
target_compile_definitions(flags INTERFACE _GNU_SOURCE)
# Crash points for the chaos tests (base/fault.h); a release build has none.
option(REDAN_FAULTS "Compile the crash points of base/fault.h" ON)
if(REDAN_FAULTS)
    target_compile_definitions(flags INTERFACE REDAN_FAULTS)
endif()
target_include_directories(flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)

# Each list is probed at once, and word by word only where that fails: every probe is a small build.
function(add_known_flags name)
    check_c_compiler_flag("${ARGN}" HAS_${name})
    set(known ${ARGN})
    if(NOT HAS_${name})
        set(known "")
        foreach(flag IN LISTS ARGN)
            string(MAKE_C_IDENTIFIER "HAS${flag}" variable)
            check_c_compiler_flag(${flag} ${variable})
            if(${variable})
                list(APPEND known ${flag})
            endif()
        endforeach()
    endif()
    target_compile_options(flags INTERFACE ${known})
endfunction()
add_known_flags(COMMON_FLAGS
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wvla
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wnested-externs
    -Wredundant-decls -Wcast-qual -Wpointer-arith -Wwrite-strings -Wformat=2 -Wswitch-enum
    -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion -Wdate-time
    -Wbad-function-cast -Wframe-larger-than=16384)
if(CMAKE_C_COMPILER_ID STREQUAL GNU)
    add_known_flags(GCC_FLAGS # 12
        -Wcast-align=strict -Wformat-signedness -Wformat-truncation=2 -Wduplicated-cond
        -Wduplicated-branches -Wlogical-op -Wjump-misses-init -Warith-conversion
        -Wstringop-overflow=4 -Wtrampolines)
else()
    add_known_flags(CLANG_FLAGS # 14
        -Wcomma -Wassign-enum -Wconditional-uninitialized -Wunreachable-code-aggressive)
endif()
add_known_flags(HARDENING_FLAGS
    -fno-common -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
target_link_options(flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed)

# Hundreds of programs of tests: gold links them in half the time. It knows no pages of code alone, and what is shipped
# has them.
check_linker_flag(C -fuse-ld=gold HAS_GOLD)
if(HAS_GOLD AND CMAKE_C_COMPILER_ID STREQUAL GNU AND NOT CMAKE_BUILD_TYPE STREQUAL Release)
    target_link_options(flags INTERFACE -fuse-ld=gold)
else()
    target_link_options(flags INTERFACE -Wl,-z,separate-code)
endif()

# Log lines name a source file by its path in the tree, whichever way the compiler was told of it.
cmake_path(RELATIVE_PATH CMAKE_SOURCE_DIR BASE_DIRECTORY ${CMAKE_BINARY_DIR} OUTPUT_VARIABLE to_source)
target_compile_options(flags INTERFACE
    -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/= -fmacro-prefix-map=${to_source}/=)

# -O2 without NDEBUG: asserts catch our bugs in the field as well.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g -D_FORTIFY_SOURCE=3 -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
set(CMAKE_C_FLAGS_DEBUG "-Og -g")

if(REDAN_SANITIZE)
    # A report names functions and lines; nobody steps through these.
    target_compile_options(flags INTERFACE -g1 -fsanitize=${REDAN_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(flags INTERFACE -fsanitize=${REDAN_SANITIZE})
    if(REDAN_SANITIZE MATCHES undefined)
        target_compile_options(flags INTERFACE -fno-sanitize-recover=undefined)
    endif()
endif()
if(REDAN_FUZZ)
    target_compile_options(flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(REDAN_COVERAGE)
    target_compile_options(flags INTERFACE --coverage -fprofile-update=atomic)
    target_link_options(flags INTERFACE --coverage)
endif()
if(REDAN_ANALYZE)
    target_compile_options(flags INTERFACE -fanalyzer)
endif()
