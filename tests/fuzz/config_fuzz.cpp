// Fuzzes app/config.h: no file may stop the process, and what is accepted keeps to its ranges.
#include <cstddef>
#include <cstdint>

#include "app/config.h"
#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto config = altis::app::parse_config({reinterpret_cast<const char*>(data), size});
    if (!config) {
        ALTIS_ASSERT(config.error().reason.starts_with("config."));
        return 0;
    }
    ALTIS_ASSERT(config->server.threads >= 1 && config->server.threads <= 64);
    ALTIS_ASSERT(config->warehouse.threads >= 1 && config->warehouse.threads <= 64);
    static_cast<void>(altis::app::to_json(*config).to_string());
    return 0;
}
