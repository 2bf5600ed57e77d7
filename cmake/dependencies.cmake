# Debian 12 packages; `./dev setup` installs them. A library links only the ones it names.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(pair
    YAML:yaml-0.1 ZMQ:libzmq CZMQ:libczmq SQLITE:sqlite3 CRYPTO:libcrypto CURL:libcurl
    MHD:libmicrohttpd NFTABLES:libnftables MNL:libmnl LIBVIRT:libvirt PROTOBUFC:libprotobuf-c
    CAP:libcap SYSTEMD:libsystemd CUNIT:cunit)
    string(REPLACE ":" ";" parts ${pair})
    list(GET parts 0 name)
    list(GET parts 1 module)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
endforeach()
find_program(PROTOC_C protoc-c REQUIRED)
