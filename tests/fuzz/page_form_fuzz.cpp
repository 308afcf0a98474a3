// Fuzzes read_choices of service/fan_page.h: whatever a form says, what is kept is what
// preferences may be, and says the same when it is read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "service/fan_page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace altis;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (text.find('\0') != text.npos) return 0;
    const auto choices = service::read_choices(text, {}, "owg2026");
    static_cast<void>(service::fan_page_words(text, text));
    if (!choices) return 0;
    const auto& kept = choices->preferences;
    ALTIS_ASSERT(kept.daily_cap <= messages::kMaxDailyCap);
    ALTIS_ASSERT(messages::preferences_from_json(messages::to_json(kept)) == kept);
    return 0;
}
