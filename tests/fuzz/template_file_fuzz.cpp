// Fuzzes messages/catalogue.h and composer.h: whatever a file of templates holds, reading and
// loading it gives texts or an error with its place.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "messages/composer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis::messages;
    static const auto standard = standard_catalogue();
    ALTIS_ASSERT(standard);
    auto templates =
        read_templates({"fuzz.txt", {reinterpret_cast<const char*>(data), size}}, "en");
    if (!templates) {
        ALTIS_ASSERT(templates.error().reason == "messages.template_file_malformed");
        return 0;
    }
    const auto composer = Composer::load({{"en"}, standard->stories, std::move(*templates)});
    ALTIS_ASSERT(composer || !composer.error().message.empty());
    return 0;
}
