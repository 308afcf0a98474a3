# Third-party libraries as imported targets. Who may link which, and why it was chosen, stands in
# ARCHITECTURE.md; each is used in one room only.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(GTest REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(DuckDB REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(deflate REQUIRED IMPORTED_TARGET libdeflate)
find_package(roaring REQUIRED)

# Exact numbers of any size, for proofs in tests; the product does without.
pkg_check_modules(gmp REQUIRED IMPORTED_TARGET gmpxx)

add_library(RapidCheck INTERFACE)
find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
target_link_libraries(RapidCheck INTERFACE ${RAPIDCHECK_LIBRARY})

# Linked before everything else it takes the place of malloc for the whole program, DuckDB included.
# Sanitizers bring an allocator of their own.
add_library(altis_allocator INTERFACE)
if(NOT ALTIS_SANITIZE AND NOT ALTIS_FUZZ)
    find_package(mimalloc REQUIRED)
    target_link_libraries(altis_allocator INTERFACE mimalloc)
endif()
