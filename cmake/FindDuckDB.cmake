# Finds DuckDB's C library: first one the user installed, then the copy that `tools/fetch_duckdb`
# unpacked from npm (Debian has no package). Defines the target DuckDB::DuckDB.
set(ALTIS_THIRD_PARTY ${CMAKE_SOURCE_DIR}/build/third_party)
find_path(DuckDB_INCLUDE_DIR duckdb.h PATHS ${ALTIS_THIRD_PARTY}/duckdb/include)
find_library(DuckDB_LIBRARY duckdb PATHS ${ALTIS_THIRD_PARTY}/duckdb/lib)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDB
    REQUIRED_VARS DuckDB_LIBRARY DuckDB_INCLUDE_DIR
    REASON_FAILURE_MESSAGE "run `tools/fetch_duckdb` (`./dev` does it for you)")

if(DuckDB_FOUND AND NOT TARGET DuckDB::DuckDB)
    add_library(DuckDB::DuckDB SHARED IMPORTED)
    set_target_properties(DuckDB::DuckDB PROPERTIES
        IMPORTED_LOCATION ${DuckDB_LIBRARY}
        IMPORTED_NO_SONAME FALSE
        INTERFACE_INCLUDE_DIRECTORIES ${DuckDB_INCLUDE_DIR})
endif()
