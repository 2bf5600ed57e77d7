# Debian 12 packages; `./dev setup` installs them. A library links only the ones it names.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# FindPkgConfig of CMake 3.25 makes an include directory of `-isystem DIR` in the first configuration only; later ones
# take it for a flag, which changes command lines: the second build would compile half the tree again.
function(stable_flags name)
    set(folders ${${name}_INCLUDE_DIRS})
    set(flags ${${name}_CFLAGS_OTHER})
    list(FIND flags -isystem at)
    while(at GREATER_EQUAL 0)
        list(REMOVE_AT flags ${at})
        list(GET flags ${at} folder)
        list(REMOVE_AT flags ${at})
        list(APPEND folders ${folder})
        list(FIND flags -isystem at)
    endwhile()
    list(REMOVE_DUPLICATES folders)
    set_target_properties(PkgConfig::${name} PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${folders}" INTERFACE_COMPILE_OPTIONS "${flags}")
endfunction()

foreach(pair
    YAML:yaml-0.1 ZMQ:libzmq CZMQ:libczmq SQLITE:sqlite3 CRYPTO:libcrypto CURL:libcurl
    MHD:libmicrohttpd NFTABLES:libnftables MNL:libmnl LIBVIRT:libvirt PROTOBUFC:libprotobuf-c
    CAP:libcap SYSTEMD:libsystemd CUNIT:cunit)
    string(REPLACE ":" ";" parts ${pair})
    list(GET parts 0 name)
    list(GET parts 1 module)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
    stable_flags(${name})
endforeach()
pkg_check_modules(LIBXML2 IMPORTED_TARGET libxml-2.0) # of tests; those that need it are skipped without it
if(LIBXML2_FOUND)
    stable_flags(LIBXML2)
endif()
find_program(PROTOC_C protoc-c REQUIRED)
