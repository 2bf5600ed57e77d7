# redan_bytes(NAME FILE VARIABLE): a C array `static const char NAME[]` with the bytes of a file and a NUL, as text in VARIABLE.
# The directory is configured again when the file changes.
function(redan_bytes name file variable)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text HEX)
    string(REGEX REPLACE "(..)" "'\\\\x\\1'," text "${text}")
    set(${variable} "static const char ${name}[] = {${text}0};\n" PARENT_SCOPE)
endfunction()

# redan_library(NAME SOURCES a.c ... [LINK lib ...]): a static library of one folder.
function(redan_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE flags)
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
    target_compile_definitions(${name} PUBLIC _GNU_SOURCE PRIVATE REDAN_VERSION="${PROJECT_VERSION}")
endfunction()

# redan_program(NAME SOURCES main.c ... [LINK lib ...]): an executable in build/.../bin.
function(redan_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_LINK} flags)
    target_compile_definitions(${name} PRIVATE REDAN_VERSION="${PROJECT_VERSION}")
endfunction()

# redan_test(NAME SOURCES test_x.c ... [LINK lib ...] [LABELS unit|integration|actor|root ...])
# A CUnit program under build/.../tests, run by ctest from the source root. LABELS default to unit.
# Label `actor` marks what the TSan preset runs; target `actor_tests` builds these alone.
add_custom_target(actor_tests)
function(redan_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LINK;LABELS;ENVIRONMENT")
    if(NOT arg_LABELS)
        set(arg_LABELS unit)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    add_executable(${name} ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${name} PRIVATE ${arg_LINK} suite flags)
    # CUnit's fatal asserts leave by longjmp, which gcc's flow analysis does not see at -O2.
    # (On the sources, since what a target adds comes before what `flags` brings.)
    set_source_files_properties(${arg_SOURCES} PROPERTIES COMPILE_OPTIONS -Wno-null-dereference)
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
        SKIP_RETURN_CODE 77 ENVIRONMENT "REDAN_BIN=${CMAKE_BINARY_DIR}/bin;${arg_ENVIRONMENT}")
    if("actor" IN_LIST arg_LABELS)
        add_dependencies(actor_tests ${name})
    endif()
endfunction()
