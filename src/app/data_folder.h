// What lies in a data folder beside the journal: the first admin key, and where its server listens.
#pragma once

#include <cstdint>
#include <string>

#include "app/client.h"
#include "base/result.h"
#include "platform/file.h"

namespace altis::app {

// <data>/port: the port of the running server, written after it listens.
std::string port_file_path(const std::string& data_directory);
// <data>/admin.key: the first admin key, mode 0600, made with the folder.
std::string admin_key_path(const std::string& data_directory);

Result<void> write_port(platform::FileSystem& files, const std::string& data_directory,
                        std::uint16_t port);

// Where the folder's server listens, and its admin key. Fails when either file is missing.
Result<Endpoint> read_endpoint(platform::FileSystem& files, const std::string& data_directory);

}  // namespace altis::app
