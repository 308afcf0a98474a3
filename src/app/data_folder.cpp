#include "app/data_folder.h"

#include <charconv>

namespace altis::app {

std::string port_file_path(const std::string& data_directory) {
    return data_directory + "/port";
}

std::string admin_key_path(const std::string& data_directory) {
    return data_directory + "/admin.key";
}

Result<void> write_port(platform::FileSystem& files, const std::string& data_directory,
                        std::uint16_t port) {
    return platform::write_file_atomically(files, port_file_path(data_directory),
                                           std::to_string(port) + "\n");
}

Result<Endpoint> read_endpoint(platform::FileSystem& files, const std::string& data_directory) {
    TRY(const std::string port_text, platform::read_file(files, port_file_path(data_directory)));
    TRY(std::string key, platform::read_file(files, admin_key_path(data_directory)));
    Endpoint endpoint;
    const auto parsed =
        std::from_chars(port_text.data(), port_text.data() + port_text.size(), endpoint.port);
    if (parsed.ec != std::errc()) {
        return fail(Code::kCorrupt, "data_folder.damaged",
                    port_file_path(data_directory) + " holds no port; restart the server");
    }
    while (!key.empty() && key.back() == '\n')
        key.pop_back();
    endpoint.key = std::move(key);
    return endpoint;
}

}  // namespace altis::app
